/**
 * A directory that stays the same one whatever is put in its place: what is done in it is not led elsewhere by a link. Node.js has no calls
 * that take an open directory; on Linux its entry in /proc is the same. Elsewhere only the path is known.
 */
import { constants } from 'node:fs';
import { open, readdir, rmdir, unlink, type FileHandle } from 'node:fs/promises';
import { join } from 'node:path';
import { codeOf } from './errorCode';

const { O_DIRECTORY, O_NOFOLLOW, O_RDONLY } = constants;
const HAS_DESCRIPTORS = process.platform === 'linux';

export class HeldDirectory {
  /** Paths that begin with it lie in the directory. */
  readonly base: string;

  private constructor(
    readonly handle: FileHandle,
    path: string,
  ) {
    this.base = HAS_DESCRIPTORS ? `/proc/self/fd/${handle.fd}` : path;
  }

  /** Rejects as opening does, with ENOTDIR for something else. @param follows whether a symbolic link may lead to it */
  static async open(path: string, follows: boolean): Promise<HeldDirectory> {
    return new HeldDirectory(await open(path, O_RDONLY | O_DIRECTORY | (follows ? 0 : O_NOFOLLOW)), path);
  }

  close(): Promise<void> {
    return this.handle.close();
  }
}

/** A directory with all that is in it, or a link or file; nothing that a link leads to. Rejects as the file system does. */
export async function removeTree(path: string): Promise<void> {
  if (await isUnlinked(path)) return;
  const directory = await HeldDirectory.open(path, false);
  try {
    for (const name of await readdir(directory.base)) await removeTree(join(directory.base, name));
  } finally {
    await directory.close();
  }
  await rmdir(path);
}

/** False: it is a directory. */
async function isUnlinked(path: string): Promise<boolean> {
  try {
    await unlink(path);
    return true;
  } catch (error) {
    const code = codeOf(error);
    if (code === 'ENOENT') return true;
    // Linux says the first of a directory, POSIX and others the second.
    if (code === 'EISDIR' || code === 'EPERM') return false;
    throw error;
  }
}
