/** Everything one member keeps on disk, over any Kv: its identity, hard state, log, and the rows of its state machine. */
import { abandonMember, clearLeftovers } from './abandon';
import type { Row } from '../machine/rows';
import type { Configuration, Entry, HardState, LogStart } from '../raft/types';
import { checkFormatVersion } from './formatVersion';
import { otherGenerations } from './generations';
import { StorageError } from './errors';
import { del, put, type Kv, type KvOperation } from './kv';
import {
  appliedKey,
  FORCED_KEY,
  FORMAT_KEY,
  FORMAT_VERSION,
  FOUNDATION_KEY,
  GENERATION_KEY,
  generationPrefix,
  generationRange,
  HARD_STATE_KEY,
  IDENTITY_KEY,
  LAST_GENERATION,
  LOG_START_KEY,
} from './layout';
import { loadMember, oldestEntryUpTo, type LoadedState, type RowListener } from './memberLoad';
import {
  decodeNumber,
  encodeApplied,
  encodeFoundation,
  encodeHardState,
  encodeIdentity,
  encodeNumber,
  encodePosition,
} from './recordCodec';
import type { Identity } from './recordCodec';
import type { StoreObserver } from './observer';
import { PreparedRows } from './preparedRows';
import { nextRun } from './runNumber';
import { exportState, type ExportedState } from './stateExport';
import { StateReceiver } from './stateReceiver';
import { StoredLog } from './storedLog';

const FIRST_GENERATION = 1;

/** One loop turn's worth of changes; see Write in raft/types.ts. They are carried out in the order of the fields. */
export interface StoreWrite {
  readonly hardState?: HardState | undefined;
  /** The log begins after this; it replaces a log that does not have this very entry. At most the applied index. */
  readonly start?: LogStart | undefined;
  /** Consecutive. Stored entries at and after the first one's index are removed. */
  readonly entries?: readonly Entry[];
  readonly rows?: readonly Row[] | PreparedRows | undefined;
  /** Up to where the rows are, with those of this write. */
  readonly applied?: number | undefined;
  /** Whether --force-new-cluster was carried out and is still given; absent: as it is. */
  readonly forced?: boolean;
  /** Entries up to this index are no longer needed; what is beyond `applied` is kept all the same. */
  readonly compactTo?: number | undefined;
}

export interface Bootstrap {
  readonly identity: Identity;
  /** In force before the first entry. */
  readonly configuration: Configuration;
  /** Where the log starts and up to where the rows are; index 0 of term 0 if absent. */
  readonly position?: { readonly index: number; readonly term: number };
  /** The state at that position. */
  readonly rows?: readonly Row[];
}

/** `load` or `initialise` comes first; everything rejects with StorageError. */
export class MemberStore {
  #stored: StoredLog | undefined;
  #applied = 0;
  #sweep: Promise<void> = Promise.resolve();
  #receiver: StateReceiver | undefined;
  /** While a state is being put into use: its rows are there, and not yet up to where they are. */
  #flipping: Promise<void> | undefined;
  /** The end of the reception that began last; the next one waits for it. */
  #beginning: Promise<unknown> = Promise.resolve();

  private constructor(
    private readonly kv: Kv,
    private generation: number,
    /** Counts on and never repeats, so that what belongs to one reception is never taken for another's. */
    private nextGeneration: number,
    private readonly observer: StoreObserver | undefined,
  ) {}

  /** Rejects with StorageError, of kind format if another version wrote it. Half received states are dropped in the background. */
  static async open(kv: Kv, observer?: StoreObserver): Promise<MemberStore> {
    const format = await kv.get(FORMAT_KEY);
    if (format !== undefined) checkFormatVersion(decodeNumber('format', format), 'the data');
    const stored = await kv.get(GENERATION_KEY);
    const generation = stored === undefined ? FIRST_GENERATION : decodeNumber('generation', stored);
    const others = await otherGenerations(kv, generation);
    const store = new MemberStore(kv, generation, Math.max(generation, ...others) + 1, observer);
    store.#startSweep(others);
    return store;
  }

  /** The index of the last stored entry, or of the log start if there is none. */
  get lastIndex(): number {
    return this.#log.lastIndex;
  }

  get start(): LogStart {
    return this.#log.start;
  }

  get applied(): number {
    return this.#applied;
  }

  /** Forgets the member that this store is of, which has no state yet: only notes of the directory are left. Durable when it resolves. */
  async abandon(): Promise<void> {
    await abandonMember(this.kv);
  }

  /** Makes an empty store a member's; durable when it resolves. Throws if it already is one's. */
  async initialise(bootstrap: Bootstrap): Promise<void> {
    if ((await this.kv.get(IDENTITY_KEY)) !== undefined) throw new Error('the store is already initialised');
    await clearLeftovers(this.kv, this.generation);
    const { index, term } = bootstrap.position ?? { index: 0, term: 0 };
    const { foundation } = bootstrap.identity;
    const start: LogStart = { index, term, configuration: bootstrap.configuration };
    const rows = this.prepareRows();
    rows.add(bootstrap.rows ?? []);
    await this.kv.batch(
      [
        ...rows.operations,
        put(FORMAT_KEY, encodeNumber('format', FORMAT_VERSION)),
        put(IDENTITY_KEY, encodeIdentity(bootstrap.identity)),
        ...(foundation === undefined ? [] : [put(FOUNDATION_KEY, encodeFoundation(foundation))]),
        put(GENERATION_KEY, encodeNumber('generation', this.generation)),
        put(HARD_STATE_KEY, encodeHardState({ term, votedFor: undefined, commit: index })),
        put(LOG_START_KEY, encodePosition('logStart', start)),
        put(appliedKey(this.generation), encodeApplied(start)),
      ],
      { sync: true },
    );
    this.#stored = new StoredLog(start);
    this.#applied = index;
  }

  /** Whether --force-new-cluster was carried out at an earlier start and given at each one since. */
  async isForced(): Promise<boolean> {
    return (await this.kv.get(FORCED_KEY)) !== undefined;
  }

  /** See runNumber.ts. */
  nextRun(random?: () => number): Promise<number> {
    return nextRun(this.kv, random);
  }

  /**
   * Reads everything back; of the log at least `tail` entries up to the applied index, as far as they are stored, and all that
   * follow. Those before are forgotten, and removed by later writes. Rejects with StorageError, of kind corrupt if it does not
   * hang together.
   */
  async load(onRows: RowListener, tail = Number.POSITIVE_INFINITY): Promise<LoadedState> {
    const loaded = await loadMember(this.kv, this.generation, onRows, tail);
    const { start, entries, applied } = loaded;
    this.#stored = StoredLog.loaded(start, entries, await oldestEntryUpTo(this.kv, start.index));
    this.#applied = applied;
    return loaded;
  }

  /**
   * All of it in one batch, synced iff it holds entries, hard state or start: rows alone can be made again from the log.
   * Writes take effect in the order of the calls. Throws RangeError if entries would leave a hole, if `start` is beyond the
   * rows, or if `applied` goes back or beyond the log.
   */
  async write(write: StoreWrite): Promise<void> {
    const entries = write.entries ?? [];
    const operations: KvOperation[] = [];
    if (write.hardState !== undefined) operations.push(put(HARD_STATE_KEY, encodeHardState(write.hardState)));
    if (write.start !== undefined) this.#log.replace(write.start, this.#applied, operations);
    if (entries.length > 0) this.#log.append(entries, operations);
    if (write.applied !== undefined) this.#moveApplied(write.applied, operations);
    if (write.forced === true) operations.push(put(FORCED_KEY, encodeNumber('forced', 1)));
    if (write.forced === false) operations.push(del(FORCED_KEY));
    if (write.compactTo !== undefined) this.#log.compact(Math.min(write.compactTo, this.#applied), operations);
    this.#log.removeCompacted(operations);
    const all = write.rows === undefined ? operations : this.#withRows(write.rows, operations);
    if (all.length === 0) return;
    const sync =
      write.forced !== undefined || write.hardState !== undefined || write.start !== undefined || entries.length > 0;
    const { observer } = this;
    const startedMs = observer?.nowMs() ?? 0;
    await this.kv.batch(all, { sync });
    observer?.batchWritten(observer.nowMs() - startedMs, sync, write.rows !== undefined);
  }

  /** For rows that are made ready a slice at a time, and then handed to `write`, whose they are from then on. */
  prepareRows(): PreparedRows {
    return new PreparedRows(generationPrefix(this.generation));
  }

  /** The state as it is now, for another member. Later writes do not change it. */
  async exportState(): Promise<ExportedState> {
    if (this.#flipping !== undefined) await this.#flipping;
    return exportState(this.kv, this.generation);
  }

  /**
   * Begins to take in another member's state beside the own one. One at a time, whoever calls: the one before is aborted, or if
   * it is being finished waited for, and calls take their turn.
   */
  receiveState(): Promise<StateReceiver> {
    const begun = this.#beginning.then(() => this.#beginReception());
    this.#beginning = begun.catch(() => undefined);
    return begun;
  }

  /** Resolves when rows that no longer count have been removed. */
  settled(): Promise<void> {
    return this.#sweep;
  }

  async #beginReception(): Promise<StateReceiver> {
    await this.#receiver?.abort();
    await this.#sweep;
    if (this.nextGeneration > LAST_GENERATION) {
      throw new StorageError('format', 'this member has received too many states: replace it by a new one');
    }
    this.#receiver = new StateReceiver({
      kv: this.kv,
      generation: this.nextGeneration,
      flip: (generation, start) => this.#flip(generation, start),
    });
    this.nextGeneration += 1;
    return this.#receiver;
  }

  async #flip(generation: number, start: LogStart): Promise<void> {
    const operations = [
      put(GENERATION_KEY, encodeNumber('generation', generation)),
      put(appliedKey(generation), encodeApplied(start)),
    ];
    const replaced = this.generation;
    this.generation = generation;
    this.#applied = start.index;
    this.#log.replace(start, this.#applied, operations);
    const startedMs = this.observer?.nowMs() ?? 0;
    const stored = this.kv.batch(operations, { sync: true });
    // Batches keep their order, so writes go to the new generation from here on; a read would be too early.
    const isOver = (): void => void (this.#flipping = undefined);
    this.#flipping = stored.then(isOver, isOver);
    await stored;
    this.observer?.stateAdopted(this.observer.nowMs() - startedMs);
    this.#startSweep([replaced]);
    this.#log.storedFrom(await oldestEntryUpTo(this.kv, start.index));
  }

  /** Of rows there may be a million: the others are added to them. None is on a row, so their order is nobody's. */
  #withRows(rows: readonly Row[] | PreparedRows, operations: readonly KvOperation[]): readonly KvOperation[] {
    const prepared = rows instanceof PreparedRows ? rows : this.prepareRows();
    if (!(rows instanceof PreparedRows)) prepared.add(rows);
    for (const operation of operations) prepared.operations.push(operation);
    return prepared.operations;
  }

  #moveApplied(applied: number, operations: KvOperation[]): void {
    if (applied < this.#applied)
      throw new RangeError(`the rows are at ${this.#applied}, they cannot go back to ${applied}`);
    operations.push(put(appliedKey(this.generation), encodeApplied(this.#log.positionAt(applied))));
    this.#applied = applied;
  }

  /** Removes the rows of these generations and of no others. */
  #startSweep(generations: readonly number[]): void {
    const before = this.#sweep;
    const sweep = async (): Promise<void> => {
      await before;
      for (const generation of generations) await this.kv.clear(generationRange(generation));
    };
    // A failure is latched in the Kv and reported there; a close in the middle leaves the rest to the next start.
    this.#sweep = sweep().catch(() => undefined);
  }

  get #log(): StoredLog {
    if (this.#stored === undefined) throw new Error('the store was neither loaded nor initialised');
    return this.#stored;
  }
}
