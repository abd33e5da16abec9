/**
 * Which full snapshots may hold changes that are dated later than they are themselves: a snapshot has the date of the member that gave it, and
 * its changes those of members whose clocks may be ahead.
 */
import type { BackupFile } from './files';
import { headerOf } from './fullFile';
import type { Target } from './target';

/** Clocks of members are taken to be no further apart. */
export const CLOCKS_APART_MS = 60_000;

export interface ByDate {
  /** The newest first. */
  readonly sure: readonly BackupFile[];
  /** Dated before what is meant, by so little that it may hold changes dated behind it; the newest first. */
  readonly inDoubt: readonly BackupFile[];
}

/**
 * Only of a time there is a doubt, and only by the beginnings of the files: what is behind them, and those that cannot be read, is for who
 * loads them. Rejects as reading does.
 *
 * @param fulls the newest first
 */
export async function byDate(fulls: readonly BackupFile[], target: Target): Promise<ByDate> {
  const [sure, inDoubt]: [BackupFile[], BackupFile[]] = [[], []];
  if (target.kind !== 'time') return { sure: fulls, inDoubt };
  for (const full of fulls) {
    const header = await headerOf(full);
    const beforeMs = header === undefined ? -1 : target.dateMs - header.takenAtMs;
    if (beforeMs >= CLOCKS_APART_MS) sure.push(full);
    else if (beforeMs >= 0) inDoubt.push(full);
  }
  return { sure, inDoubt };
}
