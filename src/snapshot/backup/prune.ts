import { stat, unlink } from 'node:fs/promises';
import { syncDirectory } from '../../platform/durable';
import { UnreadableDamage } from '../format/damage';
import { filesOf } from './files';
import { readLog } from './logFile';

/** A log that is followed is not quiet for so long: a mark comes every few seconds. */
const QUIET_MS = 600_000;

/**
 * Removes the oldest snapshots but for `keep`, and the logs that lead no further than to the oldest that stays, once nobody has written
 * to them for ten minutes. Answers the names of what it removed. Rejects as the file system does.
 */
export async function prune(directory: string, keep: number, nowMs = Date.now()): Promise<readonly string[]> {
  const { fulls, logs } = await filesOf(directory);
  const removed: string[] = [];
  const remove = async ({ path, name }: { readonly path: string; readonly name: string }): Promise<void> => {
    await unlink(path);
    removed.push(name);
  };
  for (const full of fulls.slice(0, Math.max(0, fulls.length - keep))) await remove(full);
  const oldest = fulls.at(-keep) ?? fulls[0];
  for (const log of logs) {
    if (oldest === undefined || log.index > oldest.index) continue;
    // Somebody else may be writing to it.
    if (nowMs - (await stat(log.path)).mtimeMs < QUIET_MS) continue;
    const { last, damage } = await readLog(log.path);
    // What cannot be read may lead further than anybody sees.
    if (last > oldest.index || damage instanceof UnreadableDamage) continue;
    await remove(log);
  }
  if (removed.length > 0) await syncDirectory(directory);
  return removed;
}
