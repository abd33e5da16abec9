/** The directory of a backup that follows a cluster: whole states, and logs that lead on from them. */
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';

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

function digits(index: number): string {
  return String(index).padStart(DIGITS, '0');
}
