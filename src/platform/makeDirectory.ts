/** Makes directories that are missing. */
import { mkdir } from 'node:fs/promises';
import { dirname } from 'node:path';
import { codeOf } from './errorCode';

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
