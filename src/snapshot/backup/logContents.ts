import type { Entry } from '../../raft/types';
import { decodeEntry } from '../../storage/entryCodec';
import { StorageError } from '../../storage/errors';
import { SnapshotDamage } from '../format/damage';
import type { LogHeader, LogMark } from '../format/logHeader';
import type { LogListener } from '../format/logReader';

/** Told what a log says, once it is known to make sense. */
export interface LogEvents {
  readonly header?: (header: LogHeader) => void;
  readonly entry?: (entry: Entry, stored: Buffer) => void;
  readonly mark?: (mark: LogMark) => void;
}

/** Looks at what is in the records of a log: that each is the next entry, and that marks stand where they say. Holds none. */
export class LogContents implements LogListener {
  /** What the log begins with. */
  begin: LogHeader | undefined;
  /** The last entry, or that before the first. */
  index = 0;
  term = 0;
  /** The last of them. */
  lastMark: LogMark | undefined;

  constructor(private readonly events: LogEvents = {}) {}

  /** @throws what the listener throws */
  readonly header = (header: LogHeader): void => {
    this.begin = header;
    this.index = header.after;
    this.term = header.term;
    this.events.header?.(header);
  };

  /** @throws SnapshotDamage, and what the listener throws */
  readonly entry = (stored: Buffer, at: number): void => {
    const entry = decoded(this.index + 1, stored, at);
    if (entry.term < this.term) {
      throw new SnapshotDamage(
        at,
        `entry ${entry.index} is of term ${entry.term}, and the one before of term ${this.term}`,
      );
    }
    this.index = entry.index;
    this.term = entry.term;
    this.events.entry?.(entry, stored);
  };

  /** @throws SnapshotDamage, and what the listener throws */
  readonly mark = (mark: LogMark, at: number): void => {
    if (mark.index !== this.index || mark.term !== this.term) {
      throw new SnapshotDamage(at, `a mark of entry ${mark.index} stands behind entry ${this.index}`);
    }
    this.lastMark = mark;
    this.events.mark?.(mark);
  };
}

function decoded(index: number, stored: Buffer, at: number): Entry {
  try {
    return decodeEntry(index, stored);
  } catch (error) {
    if (!(error instanceof StorageError)) throw error;
    throw new SnapshotDamage(at, error.message);
  }
}
