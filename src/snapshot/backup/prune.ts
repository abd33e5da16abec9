import { stat, unlink } from 'node:fs/promises';
import { syncDirectory } from '../../platform/durable';
import { codeOf } from '../../platform/errorCode';
import { messageOf } from '../../platform/errorMessage';
import { UnreadableDamage } from '../format/damage';
import { FileGone } from '../pieces';
import { filesOf, type BackupFile, type BackupFiles } from './files';
import { readLog } from './logFile';

/** A log that is followed is not quiet for so long: a mark comes every few seconds. */
const QUIET_MS = 600_000;

export interface Pruned {
  /** By their names. */
  readonly removed: readonly string[];
  /** What had to stay because it could not be looked at or removed. */
  readonly failed: readonly { readonly file: string; readonly reason: string }[];
}

/**
 * Removes the oldest snapshots but for `keep`, and the logs that lead no further than to the oldest that stays, once nobody has written
 * to them for ten minutes. A file that fails keeps the others from nothing. Rejects if the directory cannot be read or synced.
 *
 * @param unreadable names of snapshots that are not whole: they are not among those to keep, and go with what is older than these
 */
export async function prune(
  directory: string,
  keep: number,
  unreadable: ReadonlySet<string> = new Set(),
  nowMs = Date.now(),
): Promise<Pruned> {
  const { fulls, logs } = await filesOf(directory);
  const removed: string[] = [];
  const failed: { readonly file: string; readonly reason: string }[] = [];
  const consider = async ({ path, name }: BackupFile, isOver: () => boolean | Promise<boolean>): Promise<void> => {
    try {
      if (!(await isOver())) return;
      await unlink(path);
      removed.push(name);
    } catch (error) {
      // Somebody else has removed it.
      if (codeOf(error) !== 'ENOENT' && !(error instanceof FileGone))
        failed.push({ file: name, reason: messageOf(error) });
    }
  };
  const whole = fulls.filter(({ name }) => !unreadable.has(name));
  const oldest = oldestKept(whole, keep);
  const gone = whole.length < keep ? [] : fulls.filter(({ index }) => index < oldest);
  for (const full of gone) await consider(full, () => true);
  for (const log of logs) await consider(log, () => leadsOnlyTo(oldest, log, nowMs));
  if (removed.length > 0) await syncDirectory(directory);
  return { removed, failed };
}

function oldestKept(fulls: BackupFiles['fulls'], keep: number): number {
  return (fulls.at(-keep) ?? fulls[0])?.index ?? -1;
}

/** Rejects with UnreadableDamage: what cannot be read may lead further than anybody sees. */
async function leadsOnlyTo(oldest: number, log: BackupFile, nowMs: number): Promise<boolean> {
  if (log.index > oldest) return false;
  // Somebody else may be writing to it.
  if (nowMs - (await stat(log.path)).mtimeMs < QUIET_MS) return false;
  const { last, damage } = await readLog(log.path);
  if (damage instanceof UnreadableDamage) throw damage;
  return last <= oldest;
}
