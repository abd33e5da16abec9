/**
 * One process at a time prepares a data directory. Until there is a database nobody holds its lock, and who begins anew removes what an
 * earlier one left: of two that came in the same moment each would take the other's database away.
 */
import { readdir, unlink } from 'node:fs/promises';
import { join } from 'node:path';
import { DirectoryLock } from '../platform/directoryLock';
import { ensureDirectory } from '../platform/makeDirectory';
import { syncDirectory } from '../platform/durable';
import { whyUnusable } from './whyUnusable';

const SOCKET_NAME = 'preparing-';
const OF_PREPARATION = /^preparing-[0-9a-f]{8}$/;
const PRIVATE_MODE = 0o700;

/** A socket that says that a process prepares the directory, or that one was killed while it did. */
export function isOfPreparation(name: string): boolean {
  return OF_PREPARATION.test(name);
}

/**
 * Makes the directory if it is missing, and runs while no other process does in it. 'taken': one does. Where the file system has no sockets
 * it runs all the same. Rejects with StorageError if the directory cannot be made, and with what `run` rejects with.
 */
export async function preparing<T>(path: string, run: () => Promise<T>): Promise<T | 'taken'> {
  try {
    await ensureDirectory(path, PRIVATE_MODE, syncDirectory);
  } catch (error) {
    throw await whyUnusable(error, path, false);
  }
  // Whatever is wrong with the directory itself is said by who writes in it.
  const lock = await DirectoryLock.take(path, SOCKET_NAME).catch(() => 'none' as const);
  if (lock === 'taken') return lock;
  try {
    return await run();
  } finally {
    if (lock !== 'none') await lock.release();
  }
}

/** What killed ones left where a member runs now. Never rejects: it is in nobody's way. */
export async function removeLeftSockets(path: string): Promise<void> {
  const names = await readdir(path).catch(() => []);
  for (const name of names.filter(isOfPreparation)) await unlink(join(path, name)).catch(() => undefined);
}
