/**
 * Puts a directory without data, which says to which cluster this process belongs, in the place of one with data. The two renames are such that
 * a crash at any point leaves one of the two, or what `finishExchange` needs to put the second there.
 */
import { mkdir, readdir, rename, rm, rmdir } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { behindLinks } from './behindLinks';
import { syncDirectory, writeDurably } from './durable';
import { codeOf } from './errorCode';
import { exists } from './exists';
import { makeDirectory } from './makeDirectory';
import { STANDBY_FILE, standbyFileText, type KnownCluster } from './standbyFile';
import { withoutTrailingSlashes } from './trailingSlashes';

const PRIVATE_MODE = 0o700;

/**
 * The data go to `aside`, which has to be free, and a directory with the note comes to `path`. Rejects with the error of the file system, such
 * as EBUSY if the directory is a mount point, and then leaves the data where they are.
 */
export async function exchangeDirectory(path: string, aside: string, note: KnownCluster): Promise<void> {
  const prepared = preparedFor(path);
  await discard(prepared);
  await makeDirectory(prepared, PRIVATE_MODE);
  let isMoved = false;
  try {
    await writeDurably(join(prepared, STANDBY_FILE), standbyFileText(note));
    await syncDirectory(prepared);
    await rename(path, aside);
    isMoved = true;
    await rename(prepared, path);
    await syncDirectory(dirname(path));
  } catch (error) {
    if (!isMoved) await discard(prepared);
    throw error;
  }
}

/** What was prepared by an exchange that a crash interrupted is put in its place, or removed. Rejects as the file system does. */
export async function finishExchangeAt(path: string): Promise<void> {
  const prepared = preparedFor(path);
  if (!(await exists(join(prepared, STANDBY_FILE)))) return;
  // Also where a service manager has made an empty directory meanwhile: that is replaced.
  await rename(prepared, path).catch((error: unknown) => {
    if (!TAKEN.has(codeOf(error))) throw error;
    return discard(prepared);
  });
}

/**
 * What a rename answers where something is already: a directory that holds something, a link to one, or a mount point, whose data were never
 * moved.
 */
const TAKEN: ReadonlySet<string | undefined> = new Set(['ENOTEMPTY', 'EEXIST', 'ENOTDIR', 'EBUSY']);

/**
 * A crash after data behind a link were moved aside, and before anything took their place, left a link to nothing, which is refused: an empty
 * directory takes the place now. A link to nothing beside which no data were moved is somebody's mistake, and stays.
 */
export async function mendLink(directory: string, place: string): Promise<void> {
  if (place === withoutTrailingSlashes(directory) || (await exists(place))) return;
  const names = await readdir(dirname(place)).catch((): string[] => []);
  const wasMoved = names.some((name) => name.startsWith(`${basename(place)}.`) && ASIDE.test(name));
  if (wasMoved) await mkdir(place, PRIVATE_MODE);
}

const ASIDE = /\.(?:differs|removed)-[1-9]\d{0,8}$/;

/** Where the directory is that an option names. Rejects as `behindLinks` does. */
export function placeOf(directory: string): Promise<string> {
  return behindLinks(withoutTrailingSlashes(directory) || '/');
}

export function preparedFor(path: string): string {
  return `${path}.standby-new`;
}

/** Only what was made here: if anything else is in it, it stays, and this rejects. */
async function discard(prepared: string): Promise<void> {
  await rm(join(prepared, STANDBY_FILE), { force: true });
  await rmdir(prepared).catch((error: unknown) => {
    if (codeOf(error) !== 'ENOENT') throw error;
  });
}
