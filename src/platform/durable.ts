/** Files and names that are still there after a power cut. */
import { open, rename, rm } from 'node:fs/promises';
import { dirname } from 'node:path';
import { REPLACE } from './plainFile';

const PRIVATE_FILE_MODE = 0o600;

/** A file with this text, on the disk when this resolves; its name is once its directory was synced. Rejects as the file system does. */
export async function writeDurably(path: string, text: string): Promise<void> {
  const file = await open(path, REPLACE, PRIVATE_FILE_MODE);
  try {
    await file.writeFile(text);
    await file.sync();
  } finally {
    await file.close();
  }
}

/**
 * The same, in place of what is there and with its name on the disk too: whoever is killed meanwhile, or finds no room, leaves what was there
 * before, or nothing where nothing was. What a killed one leaves beside it (`PATH.new`) is written over by the next.
 */
export async function replaceDurably(path: string, text: string): Promise<void> {
  const next = `${path}.new`;
  try {
    await writeDurably(next, text);
    await rename(next, path);
  } catch (error) {
    await rm(next, { force: true }).catch(() => undefined);
    throw error;
  }
  await syncDirectory(dirname(path));
}

/** What was made, renamed or removed in a directory is on the disk when this resolves. Rejects as the file system does. */
export async function syncDirectory(path: string): Promise<void> {
  const directory = await open(path, 'r');
  try {
    await directory.sync();
  } finally {
    await directory.close();
  }
}
