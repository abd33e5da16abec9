/** Where a directory is to which a symbolic link leads. */
import { mkdir, readlink, realpath } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import { codeOf } from './errorCode';

/** As the system counts them (path_resolution(7)). */
const LINKS_MAX = 40;
const PRIVATE_MODE = 0o700;

/**
 * The path itself if it is no link; else where it leads, also if nothing is there. Whoever moves a data directory aside or puts another
 * one in its place does it there: a link was made so that the data are on a certain disk. Rejects with the error of the file system, such as
 * ELOOP.
 */
export async function behindLinks(path: string): Promise<string> {
  let place = path;
  for (let links = 0; links < LINKS_MAX; links++) {
    const target = await readlink(place).catch((error: unknown) => {
      // No link, or nothing.
      if (['EINVAL', 'ENOENT', 'ENOTDIR'].includes(codeOf(error) ?? '')) return undefined;
      throw error;
    });
    if (target === undefined) return place;
    place = resolve(await realpath(dirname(place)), target);
  }
  throw Object.assign(new Error(`ELOOP: too many symbolic links, ${path}`), { code: 'ELOOP' });
}

/**
 * After the directory at `place` was moved away: a link that leads there leads to an empty one. Otherwise the next start would find a link to
 * nothing, and refuse it.
 */
export async function keepLinked(directory: string, place: string): Promise<void> {
  if (place !== directory) await mkdir(place, PRIVATE_MODE);
}
