/** The log on disk: which operations bring it from what is stored to what raft wants. */
import type { Entry, LogStart } from '../raft/types';
import { encodeEntry } from './entryCodec';
import { del, put, type KvOperation } from './kv';
import { LOG_START_KEY, logKey } from './layout';
import { LogShape } from './logShape';
import { encodePosition } from './recordCodec';

/** How many compacted entries one write removes, so that compaction never makes a write slow. */
const COMPACTION_SLICE_ENTRIES = 1000;

/** Each method adds its operations to those of one batch. */
export class StoredLog {
  #shape: LogShape;
  /** Compacted entries from here up to the log start are still stored. */
  #oldestStored: number;
  /** The log may begin later than the stored start says: that must be on disk before an entry is removed. */
  #startUnsaved = false;

  /** An empty log whose start is stored. */
  constructor(start: LogStart) {
    this.#shape = new LogShape(start);
    this.#oldestStored = start.index + 1;
  }

  /**
   * @param start may be later than the stored one
   * @param oldest the first entry that is still stored up to the start
   */
  static loaded(start: LogStart, entries: readonly Entry[], oldest: number | undefined): StoredLog {
    const log = new StoredLog(start);
    for (const entry of entries) log.#shape.append(entry);
    log.#startUnsaved = true;
    log.storedFrom(oldest);
    return log;
  }

  get start(): LogStart {
    return this.#shape.start;
  }

  get lastIndex(): number {
    return this.#shape.lastIndex;
  }

  positionAt(index: number): LogStart {
    return this.#shape.positionAt(index);
  }

  /** @param oldest the first entry that is still stored up to the start; undefined: none is */
  storedFrom(oldest: number | undefined): void {
    this.#oldestStored = oldest ?? this.start.index + 1;
  }

  /** As raft does: entries after `start` stay if the log has that very entry (paper section 7, InstallSnapshot step 6). */
  replace(start: LogStart, applied: number, operations: KvOperation[]): void {
    if (start.index > applied)
      throw new RangeError(`the log cannot start after ${start.index}: the rows are at ${applied}`);
    const log = this.#shape;
    const { lastIndex } = log;
    const isWithin = start.index >= log.start.index && start.index <= lastIndex;
    if (isWithin && log.positionAt(start.index).term === start.term) {
      log.compactTo(start.index);
      operations.push(put(LOG_START_KEY, encodePosition('logStart', log.start)));
      return;
    }
    for (let index = start.index + 1; index <= lastIndex; index += 1) operations.push(del(logKey(index)));
    operations.push(put(LOG_START_KEY, encodePosition('logStart', start)));
    this.#shape = new LogShape(start);
  }

  append(entries: readonly Entry[], operations: KvOperation[]): void {
    const log = this.#shape;
    const lastBefore = log.lastIndex;
    for (const entry of entries) {
      log.append(entry);
      operations.push(put(logKey(entry.index), encodeEntry(entry)));
    }
    for (let index = log.lastIndex + 1; index <= lastBefore; index += 1) operations.push(del(logKey(index)));
  }

  /** @param index at most the applied one */
  compact(index: number, operations: KvOperation[]): void {
    const log = this.#shape;
    if (index <= log.start.index) return;
    log.compactTo(index);
    operations.push(put(LOG_START_KEY, encodePosition('logStart', log.start)));
  }

  /** A slice of what is compacted and still stored goes. */
  removeCompacted(operations: KvOperation[]): void {
    const { start } = this.#shape;
    const last = Math.min(start.index, this.#oldestStored + COMPACTION_SLICE_ENTRIES - 1);
    if (this.#startUnsaved && this.#oldestStored <= last) {
      operations.push(put(LOG_START_KEY, encodePosition('logStart', start)));
      this.#startUnsaved = false;
    }
    for (; this.#oldestStored <= last; this.#oldestStored += 1) operations.push(del(logKey(this.#oldestStored)));
  }
}
