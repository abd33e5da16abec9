/** Makes directories that are missing. */
import { constants } from 'node:fs';
import { mkdir, open, stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import { codeOf } from './errorCode';
import { kindOf } from './plainFile';

const { O_DIRECTORY, O_NOFOLLOW, O_RDONLY } = constants;
/** A directory in one that hands its group down does so too, and is to keep that. */
const SET_GROUP_ID = 0o2000;

/**
 * A directory and those above it that are missing. Rejects with EEXIST if it is there. Not `mkdir` with `recursive`: that never comes back
 * where the file system creates nothing but does not say why, such as /proc.
 *
 * @param mode of each, less the umask
 * @param onMade called with the directory that holds the one just made
 */
export async function makeDirectory(
  path: string,
  mode: number,
  onMade: (parent: string) => Promise<void> = () => Promise.resolve(),
): Promise<void> {
  const parent = dirname(path);
  try {
    await mkdir(path, mode);
  } catch (error) {
    if (codeOf(error) !== 'ENOENT' || parent === path) throw error;
    await ensureDirectory(parent, mode, onMade);
    await mkdir(path, mode);
  }
  await onMade(parent);
}

/** For people who named the directory: why it cannot be made. The code stays. */
export function directoryError(error: unknown, path: string): Error {
  const code = codeOf(error);
  const reason = code === undefined ? undefined : REASONS[code];
  if (reason === undefined) return error instanceof Error ? error : new Error(String(error));
  return Object.assign(new Error(`the directory ${path} cannot be made: ${reason}`, { cause: error }), { code });
}

const NOT_ALLOWED = 'this user may not write where it would lie; name one elsewhere, or let the user write there';
const REASONS: Readonly<Record<string, string>> = {
  EACCES: NOT_ALLOWED,
  EPERM: NOT_ALLOWED,
  EROFS: 'what it would lie on is read-only; name one elsewhere',
  ENOSPC: 'the disk is full; make room, or name one elsewhere',
  ENOTDIR: 'something above it is no directory; name one elsewhere',
};

/** The same, and nothing if it is there. What is there may be something else than a directory. */
export async function ensureDirectory(
  path: string,
  mode: number,
  onMade?: (parent: string) => Promise<void>,
): Promise<void> {
  await makeDirectory(path, mode, onMade).catch((error: unknown) => {
    if (codeOf(error) !== 'EEXIST') throw error;
  });
}

/**
 * The same for one that somebody named. Rejects with what is to be told (`directoryError`), also where something else than a directory is there.
 *
 * @param mode of the named one if it is made, whatever the umask; those above it are made with the mode less the umask
 */
export async function ensureNamedDirectory(path: string, mode: number): Promise<void> {
  try {
    await makeDirectory(path, mode);
    await giveMode(path, mode);
  } catch (error) {
    if (codeOf(error) !== 'EEXIST') throw directoryError(error, path);
  }
  const there = await stat(path);
  if (!there.isDirectory())
    throw new Error(`${path} is ${kindOf(there)}, expected a directory or nothing; name another one`);
}

/** Nothing that a link leads to: somebody may have put one in the place of what was just made. */
async function giveMode(path: string, mode: number): Promise<void> {
  const handle = await open(path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW);
  try {
    const found = (await handle.stat()).mode;
    // Not where nothing was taken away: a file system without modes of its own refuses to change them.
    if ((found & mode) !== mode) await handle.chmod(mode | (found & SET_GROUP_ID));
  } finally {
    await handle.close();
  }
}
