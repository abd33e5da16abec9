/**
 * What to do with write-ahead logs as they are found at a start. Nothing that was acknowledged may be missing without a word,
 * and no crash may keep a member from starting: what a crash tore off was told to nobody.
 */
import { corrupt } from './errors';
import type { FoundMark } from './syncedMark';
import type { TornEnd } from './tornEnd';
import type { LogFacts } from './writeAheadLog';

/** The ends to cut before the logs are replayed. Throws StorageError of kind corrupt if acknowledged writes are missing. */
export function judgeLogs(facts: LogFacts, mark: FoundMark): readonly TornEnd[] {
  const { end, gap } = facts;
  const { synced, written, isFinal } = typeof mark === 'string' ? { synced: 0, written: 0, isFinal: false } : mark;
  if (end < synced) {
    const where = gap === undefined ? 'it ends there' : gap.where;
    throw corrupt(
      `the write-ahead log lost its end: it goes up to write ${end}, and writes up to ${synced} had been synced (${where})`,
    );
  }
  if (gap === undefined) return [];
  // A write failed, and the mark was made exact after it: all that was reported is there, whatever the bytes behind it are.
  if (isFinal) return gap.ends;
  if (gap.isBeforeAcknowledged) throw corrupt(`the write-ahead log has a hole: ${gap.where}, and synced writes follow`);
  // No crash breaks a record, so it may be an acknowledged one; unless the mark knows that this write was not.
  const isKnownUnsynced = end < written && !gap.isBeforeSynced;
  if (gap.shape === 'broken' && !isKnownUnsynced) throw corrupt(`the write-ahead log is damaged: ${gap.where}`);
  return gap.ends;
}
