/**
 * Verifies a database before the engine opens it: every block of every table, that the write-ahead logs have no hole, and that
 * they reach to the mark of the last synced write. Nothing is changed.
 */
import { corrupt } from './errors';
import { isSyncedKey } from './layout';
import { judgeLogs } from './logVerdict';
import { readLiveFiles } from './manifest';
import { readMark, type FoundMark } from './syncedMark';
import { checkTableFiles } from './tableFiles';
import type { TornEnd } from './tornEnd';
import { readWriteAheadLogs } from './writeAheadLog';

export interface Verified {
  /** There is a database. */
  readonly exists: boolean;
  /** The last operation in it. */
  readonly sequence: number;
  /** The counter of its mark; 0 if it has none. */
  readonly markCounter: number;
  /** What a crash tore, to be cut before it is opened. */
  readonly ends: readonly TornEnd[];
  /** For the log. */
  readonly warnings: readonly string[];
}

/** Rejects with StorageError, of kind corrupt if something is damaged that no crash damages. */
export async function verifyDatabase(path: string): Promise<Verified> {
  // Before the logs: where another process has it open, the mark moves on with them.
  const mark = await readMark(path);
  const live = await readLiveFiles(path);
  const markCounter = typeof mark === 'string' ? 0 : mark.counter;
  if (live === undefined) {
    if (typeof mark !== 'string' && mark.synced > 0) throw corrupt(`the database ${path} is gone but for its mark`);
    return { exists: false, sequence: 0, markCounter, ends: [], warnings: [] };
  }
  await checkTableFiles(path, live);
  const facts = await readWriteAheadLogs(path, live, isSyncedKey);
  const ends = judgeLogs(facts, mark);
  return {
    exists: true,
    sequence: facts.end,
    markCounter,
    ends: live.torn === undefined ? ends : [...ends, live.torn],
    warnings: warningsOf(mark),
  };
}

function warningsOf(mark: FoundMark): readonly string[] {
  if (typeof mark !== 'string') return [];
  const what = mark === 'absent' ? 'there is no mark' : 'the mark cannot be read';
  return [
    `${what} of the last synced write in the database: that its write-ahead log is whole up to its end is not known this once`,
  ];
}
