/** Files and names that are still there after a power cut. */
import { open } from 'node:fs/promises';
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

/** What was made, renamed or removed in a directory is on the disk when this resolves. Rejects as the file system does. */
export async function syncDirectory(path: string): Promise<void> {
  const directory = await open(path, 'r');
  try {
    await directory.sync();
  } finally {
    await directory.close();
  }
}
