import { entryBytes } from '../raft/log';
import type { Raft } from '../raft/raft';
import type { MemberStore, StoreWrite } from '../storage/memberStore';
import type { PreparedRows } from '../storage/preparedRows';
import type { Compaction } from './compaction';
import type { CurrentState } from './currentState';
import type { Cancel, Clock } from '../platform/clock';
import { collectInTurns, collectRows } from './rowCollection';
import { ROW_BYTES_A_MS, ROW_FLUSH_DELAY_MS, ROW_INTERVAL_MAX_MS, ROW_INTERVAL_MS } from './settings';

export interface BatchWriterParts {
  readonly raft: Raft;
  readonly state: CurrentState;
  readonly store: MemberStore;
  readonly clock: Clock;
  readonly compaction: Compaction;
  /** The log after this index is still needed. */
  readonly compactionLimit: () => number;
  /** No batch may begin: one is in flight, or the state is being replaced. */
  readonly isBusy: () => boolean;
  /** The state is that of no index: an entry was begun and is not done. */
  readonly isInEntry: () => boolean;
  /** Rows were being collected, and may change again. */
  readonly onCollected: () => void;
  /** A batch is done: runs what comes after it. `next` throws if the batch failed. */
  readonly onDone: (next: () => void) => void;
  /** Runs what may find out that the member must not go on; nothing in one that has stopped. */
  readonly guarded: (run: () => void) => void;
}

/**
 * Puts together what is stored at once: what raft wants, the rows that changed, and the removal of entries that are no longer
 * needed. One batch is in flight at a time. Changed rows ride along with a batch that is synced anyway, some milliseconds' worth of
 * them at a time; they are redundant until then, because the log has their entries. Of an idle member they are stored without a
 * sync, so that a restart has little to replay.
 */
export class BatchWriter {
  private inFlight = false;
  private isCollecting = false;
  private rowsPending = false;
  private storedRowsTo: number;
  /** When rows may be handed to storage again, beside what is written anyway. */
  private rowsDueMs = 0;
  private cancelFlush: Cancel | undefined;

  constructor(private readonly parts: BatchWriterParts) {
    this.storedRowsTo = parts.store.applied;
  }

  /** Up to here the rows were taken by storage: whoever looks at them from now on finds them. */
  get rowsStoredTo(): number {
    return this.storedRowsTo;
  }

  /** A batch is in flight: the next one has to wait. */
  get busy(): boolean {
    return this.inFlight;
  }

  /** Rows of one moment are being collected: nothing may be applied. */
  get collecting(): boolean {
    return this.isCollecting;
  }

  /** Something was applied. */
  rowsChanged(): void {
    this.rowsPending = true;
    this.scheduleFlush();
  }

  /** Begins one batch; only while none is in flight. `done` runs when it is stored. */
  save(write: StoreWrite, done: () => void): void {
    this.inFlight = true;
    // Rows and the index they are at belong together: there are none in the middle of an entry.
    const withRows =
      !this.parts.isInEntry() && (write.entries === undefined || write.start !== undefined || this.areRowsDue());
    if (withRows) this.saveWithRows(write, done);
    else this.write(write, undefined, done);
  }

  /** No batch begins by itself any more. */
  stop(): void {
    this.cancelFlush?.();
  }

  /** Collects the rows first, in several turns if there are many; until then nothing is applied. */
  private saveWithRows(write: StoreWrite, done: () => void): void {
    const { clock, state, store } = this.parts;
    this.rowsPending = false;
    const startedMs = clock.monotonicMs();
    this.isCollecting = true;
    collectInTurns(clock, collectRows(state.machine, store), this.failed, (rows) => {
      this.isCollecting = false;
      const waitMs = Math.min(rows.bytes / ROW_BYTES_A_MS, ROW_INTERVAL_MAX_MS);
      this.rowsDueMs = startedMs + Math.max(ROW_INTERVAL_MS, waitMs);
      if (hasLongEntries(write)) this.writeApart(write, rows, done);
      else this.write(write, rows, done);
      this.parts.onCollected();
    });
  }

  /**
   * Rows and entries one after the other, as two batches: the engine copies what is in a batch again and again while it grows, and of
   * large values there would be two or three in one. What rows are of is on the disk already.
   */
  private writeApart(write: StoreWrite, rows: PreparedRows, done: () => void): void {
    const { store, raft } = this.parts;
    store
      .write({ rows, applied: raft.applied })
      .then(() => {
        this.write(write, undefined, done);
      })
      .catch(this.failed);
  }

  private write(write: StoreWrite, rows: PreparedRows | undefined, done: () => void): void {
    const { store, raft, compaction } = this.parts;
    const applied = rows === undefined ? store.applied : raft.applied;
    const compactTo = compaction.due(applied, this.parts.compactionLimit());
    if (compactTo !== undefined) raft.compact(compactTo);
    store.write({ ...write, rows, applied: rows === undefined ? undefined : applied, compactTo }).then(() => {
      this.storedRowsTo = Math.max(this.storedRowsTo, applied);
      this.finished(done);
    }, this.failed);
  }

  private readonly failed = (error: unknown): void => {
    this.finished(() => {
      throw error;
    });
  };

  private finished(next: () => void): void {
    this.inFlight = false;
    this.parts.onDone(next);
  }

  private areRowsDue(): boolean {
    return this.rowsPending && this.parts.clock.monotonicMs() >= this.rowsDueMs;
  }

  private scheduleFlush(): void {
    const delayMs = Math.max(ROW_FLUSH_DELAY_MS, this.rowsDueMs - this.parts.clock.monotonicMs());
    this.cancelFlush ??= this.parts.clock.after(delayMs, () => {
      this.cancelFlush = undefined;
      this.parts.guarded(() => {
        if (!this.rowsPending) return;
        if (this.parts.isBusy() || this.parts.isInEntry()) this.scheduleFlush();
        else this.save({}, () => undefined);
      });
    });
  }
}

const LONG_ENTRIES_BYTES = 1024 * 1024;

/** A log that is replaced goes with the rows that it begins after. */
function hasLongEntries({ entries = [], start }: StoreWrite): boolean {
  if (start !== undefined) return false;
  let bytes = 0;
  for (const entry of entries) bytes += entryBytes(entry);
  return bytes > LONG_ENTRIES_BYTES;
}
