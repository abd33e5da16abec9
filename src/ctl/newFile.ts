/** Files that commands write: whole or not at all, and none that is there is overwritten. */
import { link, open, unlink } from 'node:fs/promises';
import { codeOf } from '../platform/errorCode';

/** What keys hold may be secrets. */
const PRIVATE = 0o600;

/** Rejects with an error whose message says why the file could not be written; then nothing of it is left. */
export async function writeNewFile(path: string, text: string): Promise<void> {
  const draft = `${path}.new-${process.pid}`;
  try {
    const file = await open(draft, 'wx', PRIVATE);
    try {
      await file.writeFile(text);
      await file.sync();
    } finally {
      await file.close();
    }
    // Unlike a rename this fails if there is one.
    await link(draft, path);
  } catch (error) {
    throw new Error(`${path} cannot be written: ${reasonOf(error)}`, { cause: error });
  } finally {
    await unlink(draft).catch(() => undefined);
  }
}

function reasonOf(error: unknown): string {
  switch (codeOf(error)) {
    case 'EEXIST':
      return 'it is there already; remove it, or write another one';
    case 'ENOENT':
      return 'its directory is not there';
    case 'ENOSPC':
      return 'the disk is full';
    case 'EACCES':
    case 'EROFS':
      return 'its directory cannot be written to';
    case undefined:
    default:
      return error instanceof Error ? error.message : String(error);
  }
}
