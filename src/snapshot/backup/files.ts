/** The directory of a backup that follows a cluster: whole states, and logs that lead on from them. */
import { readdir } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { FileGone } from '../pieces';
import { BackupError } from './backupError';

/** Enough for any index, and so that names sort as entries do. */
const DIGITS = 16;
const FULL = /^full-(\d{16})\.snap$/;
const LOG = /^log-(\d{16})-[0-9a-f]{8}\.log$/;

export interface BackupFile {
  readonly path: string;
  readonly name: string;
  /** Of a state: the entry up to which it is; of a log: the entry after which it begins. */
  readonly index: number;
}

export interface BackupFiles {
  /** The oldest first, as the logs are. */
  readonly fulls: readonly BackupFile[];
  readonly logs: readonly BackupFile[];
}

/** What a state up to this entry is called. */
export function fullName(index: number): string {
  return `full-${digits(index)}.snap`;
}

/** @param run 8 hexadecimal digits that no other run has: two that follow into one directory do not write into one file */
export function logName(after: number, run: string): string {
  return `log-${digits(after)}-${run}.log`;
}

/** A state on its way into the directory; what it is called is known once it is there. */
export const NEXT_FULL = 'next.snap';

/** Rejects as reading a directory does. */
export async function filesOf(directory: string): Promise<BackupFiles> {
  const names = (await readdir(directory)).sort();
  const matching = (pattern: RegExp): BackupFile[] =>
    names.flatMap((name) => {
      const index = pattern.exec(name)?.[1];
      return index === undefined ? [] : [{ name, index: Number(index), path: join(directory, name) }];
    });
  return { fulls: matching(FULL), logs: matching(LOG) };
}

/** A backup that follows removes files once in a while, and it would have to be just then. */
const READ_MAX = 3;

/**
 * Lists the directory and has it read, once more from a new list if a file went meanwhile, as the oldest do where a backup follows: what was
 * read before belongs to what is no more. Rejects with BackupError if that happens each time, or as listing and `read` do.
 */
export async function withFilesOf<T>(directory: string, read: (files: BackupFiles) => Promise<T>): Promise<T> {
  for (let count = 1; ; count += 1) {
    const files = await filesOf(directory);
    try {
      return await read(files);
    } catch (error) {
      if (!(error instanceof FileGone)) throw error;
      if (count < READ_MAX) continue;
      throw new BackupError(
        `${directory} changed each of the ${READ_MAX} times that it was read, and has to stay as it is for so long: ${basename(error.path)} was removed ` +
          'the last time, as a backup that follows removes the oldest; try again, best when no full snapshot is due (--full-every)',
        { cause: error },
      );
    }
  }
}

function digits(index: number): string {
  return String(index).padStart(DIGITS, '0');
}
