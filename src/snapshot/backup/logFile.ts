/** The file of a log, from its beginning on. */
import { SnapshotDamage } from '../format/damage';
import type { LogHeader, LogMark } from '../format/logHeader';
import { LogReader, type TornTail } from '../format/logReader';
import { damageOfOpening, openToRead, readPieces } from '../pieces';
import { LogContents, type LogEvents } from './logContents';

/** How far a file leads. */
export interface LogExtent {
  /** Undefined: not even its beginning was written. */
  readonly header: LogHeader | undefined;
  /** The last entry in it that can be read; that after which it begins, if there is none. */
  readonly last: number;
  readonly term: number;
  readonly lastMark: LogMark | undefined;
  readonly bytes: number;
  /** What was being written when whoever wrote it was killed. */
  readonly torn: TornTail | undefined;
  /** Why no more of it can be read. */
  readonly damage: SnapshotDamage | undefined;
}

/**
 * Reads it up to its end, to what is wrong with it, or until `isEnough`. That it cannot be opened or read is damage too. Rejects with FileGone,
 * and with what the listeners throw.
 */
export async function readLog(
  path: string,
  events: LogEvents = {},
  isEnough: () => boolean = () => false,
): Promise<LogExtent> {
  const contents = new LogContents(events);
  const reader = new LogReader(contents);
  let damage: SnapshotDamage | undefined;
  let bytes = 0;
  const file = await openToRead(path).catch((error: unknown) => damageOfOpening(path, error));
  try {
    if (file instanceof SnapshotDamage) throw file;
    await readPieces(file, (piece) => {
      bytes += piece.length;
      reader.push(piece);
      return Promise.resolve(!isEnough());
    });
  } catch (error) {
    if (!(error instanceof SnapshotDamage)) throw error;
    damage = error;
  } finally {
    if (!(file instanceof SnapshotDamage)) await file.close();
  }
  const { begin: header, index: last, term, lastMark } = contents;
  const torn = damage === undefined && !isEnough() ? reader.finish() : undefined;
  return { header, last, term, lastMark, bytes, torn, damage };
}
