/** The replicated log in memory: an array that begins after the point of compaction (paper sections 5.3 and 7). */
import { ConfigurationHistory } from './configuration';
import type { PlacedConfiguration } from './configuration';
import { WriteCursor } from './cursor';
import { RaftInvariantError } from './errors';
import type { Configuration, Entry, LogStart, RestoredState } from './types';

const NONE: readonly Entry[] = [];

/** Entries of one message at most: no-ops have no data, and of them alone a message would be longer than any that is taken. */
const SLICE_ENTRIES_MAX = 1024;

/** Bytes of state machine data in `entry`. */
export function entryBytes(entry: Entry): number {
  return entry.kind === 'noop' ? 0 : entry.data.length;
}

export class RaftLog {
  readonly cursor: WriteCursor;
  private start: LogStart;
  private held: Entry[];
  private configurations: ConfigurationHistory;
  private commitIndex: number;
  private appliedIndex: number;
  private handedOut: number;

  constructor(restored: RestoredState) {
    this.start = restored.start;
    this.held = [];
    this.configurations = new ConfigurationHistory(restored.start);
    for (const entry of restored.entries) this.append(entry);
    this.cursor = new WriteCursor(this.lastIndex);
    this.appliedIndex = Math.max(restored.applied, restored.start.index);
    this.handedOut = this.appliedIndex;
    // The stored commit index may lag behind what was applied: it is never a reason for a write.
    this.commitIndex = Math.max(restored.hardState.commit, this.appliedIndex);
    if (this.commitIndex > this.lastIndex) {
      throw new RaftInvariantError(
        `commit index ${this.commitIndex} is beyond the last stored entry ${this.lastIndex}`,
      );
    }
  }

  /** The index up to which the log was compacted. */
  get startIndex(): number {
    return this.start.index;
  }

  get lastIndex(): number {
    return this.start.index + this.held.length;
  }

  get lastTerm(): number {
    return this.held[this.held.length - 1]?.term ?? this.start.term;
  }

  get commit(): number {
    return this.commitIndex;
  }

  get applied(): number {
    return this.appliedIndex;
  }

  /** The last index that `takeCommitted` returned. */
  get handedOutTo(): number {
    return this.handedOut;
  }

  get persisted(): number {
    return this.cursor.persisted;
  }

  /** The configuration in force: the newest in the log (thesis section 4.1). */
  get configuration(): Configuration {
    return this.configurations.latest.configuration;
  }

  /** The configuration in force and where it stands. */
  get placedConfiguration(): PlacedConfiguration {
    return this.configurations.latest;
  }

  /** What a log that begins after `index` has to know. */
  startAt(index: number): LogStart {
    const term = this.termAt(index);
    if (term === undefined) {
      throw new RaftInvariantError(`index ${index} is not in the log [${this.start.index}, ${this.lastIndex}]`);
    }
    return { index, term, configuration: this.configurations.inForceAt(index) };
  }

  configurationAt(index: number): Configuration {
    return this.configurations.inForceAt(index);
  }

  /** Undefined outside of [startIndex, lastIndex]. */
  termAt(index: number): number | undefined {
    if (index === this.start.index) return this.start.term;
    return this.held[index - this.start.index - 1]?.term;
  }

  /** The consistency check of AppendEntries (paper figure 2, receiver step 2). */
  matches(index: number, term: number): boolean {
    return this.termAt(index) === term;
  }

  /** Whether a log that ends so is at least as up to date as this one (paper section 5.4.1). */
  isUpToDate(lastIndex: number, lastTerm: number): boolean {
    const ownTerm = this.lastTerm;
    return lastTerm > ownTerm || (lastTerm === ownTerm && lastIndex >= this.lastIndex);
  }

  /** The largest index at or below `index` whose term is at most `term`; never below the start (paper section 5.3, end). */
  lastIndexWithTermAtMost(index: number, term: number): number {
    // Terms never fall along the log. A walk through it would be one for each refusal, and a peer may send many.
    let below = this.start.index;
    let above = Math.min(index, this.lastIndex);
    while (below < above) {
      const middle = Math.ceil((below + above) / 2);
      if ((this.termAt(middle) ?? 0) > term) above = middle - 1;
      else below = middle;
    }
    return above;
  }

  /** Entries from `from` to `to`, both included; they must be held. */
  slice(from: number, to: number): readonly Entry[] {
    if (from > to) return NONE;
    if (from <= this.start.index || to > this.lastIndex) {
      throw new RaftInvariantError(
        `entries ${from} to ${to} are not in the log (${this.start.index}, ${this.lastIndex}]`,
      );
    }
    return this.held.slice(from - this.start.index - 1, to - this.start.index);
  }

  /** As many entries from `from` on as one message may have, with up to `bytesMax` bytes of data; at least one. */
  sliceUpTo(from: number, bytesMax: number): readonly Entry[] {
    let bytes = 0;
    let to = from - 1;
    const first = from - this.start.index - 1;
    const end = Math.min(this.held.length, first + SLICE_ENTRIES_MAX);
    for (let position = first; position < end; position += 1) {
      const entry = this.held[position];
      if (entry === undefined) break;
      bytes += entryBytes(entry);
      if (to >= from && bytes > bytesMax) break;
      to = entry.index;
    }
    return this.slice(from, to);
  }

  /** Bytes of data in the entries from `from` to `to`, both included. */
  bytesIn(from: number, to: number): number {
    let bytes = 0;
    for (let index = from; index <= to; index += 1) {
      const entry = this.held[index - this.start.index - 1];
      if (entry !== undefined) bytes += entryBytes(entry);
    }
    return bytes;
  }

  append(entry: Entry): void {
    if (entry.index !== this.lastIndex + 1 || entry.term < this.lastTerm) {
      throw new RaftInvariantError(
        `entry ${entry.index} of term ${entry.term} cannot follow ${this.lastIndex} of term ${this.lastTerm}`,
      );
    }
    this.held.push(entry);
    this.configurations.appended(entry);
  }

  /** Takes what a leader sent after a matching predecessor; only a conflict removes anything (figure 2, steps 3 and 4). */
  accept(entries: readonly Entry[]): void {
    for (const entry of entries) {
      const term = this.termAt(entry.index);
      if (term === entry.term) continue;
      if (term !== undefined) this.truncateFrom(entry.index);
      this.append(entry);
    }
  }

  /** Never moves back. */
  commitTo(index: number): void {
    if (index <= this.commitIndex) return;
    if (index > this.lastIndex) {
      throw new RaftInvariantError(`commit index ${index} is beyond the last entry ${this.lastIndex}`);
    }
    this.commitIndex = index;
  }

  /** Committed and durable entries that were not handed out before. */
  takeCommitted(): readonly Entry[] {
    const to = Math.min(this.commitIndex, this.cursor.persisted);
    if (to <= this.handedOut) return NONE;
    const entries = this.slice(this.handedOut + 1, to);
    this.handedOut = to;
    return entries;
  }

  appliedTo(index: number): void {
    if (index > this.handedOut) {
      throw new RaftInvariantError(`index ${index} cannot be applied: handed out up to ${this.handedOut}`);
    }
    this.appliedIndex = Math.max(this.appliedIndex, index);
  }

  /** Forgets the entries up to `index`, which must be applied; keeps its term and configuration (paper section 7). */
  compact(index: number): void {
    if (index <= this.start.index) return;
    if (index > this.appliedIndex) {
      throw new RaftInvariantError(`cannot compact to ${index}: applied up to ${this.appliedIndex}`);
    }
    this.moveStart(index);
  }

  /**
   * The state machine jumped to `start` (paper section 7, InstallSnapshot steps 6 and 7): entries after it stay if the log
   * has that very entry, otherwise the whole log is replaced.
   */
  jumpTo(start: LogStart): void {
    if (this.matches(start.index, start.term)) {
      this.moveStart(start.index);
      this.cursor.restarted(start.index);
    } else if (start.index <= this.commitIndex) {
      throw new RaftInvariantError(`a snapshot at ${start.index} of term ${start.term} contradicts a committed entry`);
    } else {
      this.start = start;
      this.held = [];
      this.configurations = new ConfigurationHistory(start);
      this.cursor.replaced(start.index);
    }
    this.commitIndex = Math.max(this.commitIndex, start.index);
    this.appliedIndex = start.index;
    this.handedOut = Math.max(this.handedOut, start.index);
  }

  private moveStart(index: number): void {
    const start = this.startAt(index);
    this.held = this.held.slice(index - this.start.index);
    this.start = start;
    this.configurations.compacted(index);
  }

  private truncateFrom(index: number): void {
    if (index <= this.commitIndex) {
      throw new RaftInvariantError(
        `entry ${index} is committed (commit index ${this.commitIndex}), it cannot be replaced`,
      );
    }
    this.held.length = index - this.start.index - 1;
    this.configurations.truncated(index);
    this.cursor.truncated(index);
  }
}
