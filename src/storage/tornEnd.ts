/** Cuts off the end of a log file that a crash or a full disk tore: what is left is what the engine replays. */
import { open, stat } from 'node:fs/promises';
import { basename } from 'node:path';
import { fileError } from './fileError';

export interface TornEnd {
  readonly file: string;
  /** All before this byte is well. */
  readonly at: number;
  /** Of the file when it was looked at, in bytes. */
  readonly size: number;
}

/** Whether the file is as long as it was when it was judged. Rejects with StorageError. */
export async function isAsJudged({ file, size }: TornEnd): Promise<boolean> {
  try {
    return (await stat(file)).size === size;
  } catch (error) {
    throw fileError(error, 'cannot look at the torn end of', file);
  }
}

/** Durable when it resolves. Rejects with StorageError. */
export async function cutTornEnd({ file, at }: TornEnd): Promise<void> {
  try {
    const handle = await open(file, 'r+');
    try {
      await handle.truncate(at);
      await handle.sync();
    } finally {
      await handle.close();
    }
  } catch (error) {
    throw fileError(error, 'cannot cut the torn end of', file);
  }
}

/** A line for the log. */
export function tornEndText({ file, at, size }: TornEnd): string {
  return (
    `${basename(file)} of the database was cut from ${size} to ${at} bytes: what follows is a write that a crash or an error ` +
    'of the disk interrupted, and nobody was told that it is safe'
  );
}
