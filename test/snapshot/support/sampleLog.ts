/** Logs for backups, and what a reader finds in them. */
import { SnapshotDamage } from '../../../src/snapshot/format/damage';
import type { LogHeader, LogMark } from '../../../src/snapshot/format/logHeader';
import { LogReader, type TornTail } from '../../../src/snapshot/format/logReader';
import { HEADER } from './sampleFile';

export const LOG_HEADER: LogHeader = { clusterId: HEADER.clusterId, after: HEADER.index, term: HEADER.term };

export const MARK: LogMark = { index: 22, term: 2, etcdIndex: 9, dateMs: HEADER.takenAtMs, memberId: '1f' };

export interface FoundLog {
  readonly header: LogHeader | undefined;
  readonly entries: readonly string[];
  readonly marks: readonly LogMark[];
  /** Where each record begins. */
  readonly places: readonly number[];
  readonly torn: TornTail | undefined;
}

/** What a reader finds that is given the log in pieces of so many bytes. @throws SnapshotDamage */
export function readLogIn(pieceBytes: number, log: Buffer): FoundLog {
  let header: LogHeader | undefined;
  const [entries, marks, places]: [string[], LogMark[], number[]] = [[], [], []];
  const reader = new LogReader({
    header: (found, at) => {
      header = found;
      places.push(at);
    },
    entry: (stored, at) => {
      entries.push(stored.toString('latin1'));
      places.push(at);
    },
    mark: (mark, at) => {
      marks.push(mark);
      places.push(at);
    },
  });
  for (let at = 0; at < log.length; at += pieceBytes) reader.push(log.subarray(at, at + pieceBytes));
  return { header, entries, marks, places, torn: reader.finish() };
}

/** What is wrong with it; undefined if nothing is. */
export function damageOfLog(log: Buffer): SnapshotDamage | undefined {
  try {
    readLogIn(log.length, log);
    return undefined;
  } catch (error) {
    if (error instanceof SnapshotDamage) return error;
    throw error;
  }
}
