/**
 * Kv in memory, for simulation and for tests: the same promises as the RocksDB adapter, and a disk that can crash and fail.
 * No timer and no clock: everything that completes, completes through the given `schedule`.
 */
import { StorageError } from './errors';
import { clearInSlices, LongValue } from './kv';
import type { BatchOptions, Kv, KvData, KvOperation, KvPair, KvRange, KvTextPair, KvValue, ScanOptions } from './kv';
import { LifeCycle } from './lifeCycle';
import type { OpenScan } from './lifeCycle';
import { SortedBytes } from './sortedBytes';

/** Runs `deliver` later, in the order of the calls. */
export type Schedule = (deliver: () => void) => void;

export interface MemoryOptions {
  /** Default: `queueMicrotask`. */
  readonly schedule?: Schedule;
  readonly onFailure?: (error: StorageError) => void;
}

/** What a batch that is to fail answers with. */
export type MemoryFault = 'io' | 'full';

const SCAN_PAGE_PAIRS = 1000;

/** What stays when the process dies: the durable pairs, and the batches that no sync has covered yet. */
export class MemoryDisk {
  #durable = new SortedBytes();
  #live = new SortedBytes();
  #unsynced: (readonly KvOperation[])[] = [];
  #open: MemoryKv | undefined;
  #faultOfNextBatch: MemoryFault | undefined;
  #held: (() => void)[] | undefined;

  /** Throws StorageError of kind locked while it is open. */
  open(options: MemoryOptions = {}): Kv {
    if (this.#open !== undefined) throw new StorageError('locked', 'the memory disk is in use');
    this.#open = new MemoryKv(this, options);
    return this.#open;
  }

  /**
   * The process dies: nothing that is under way is ever answered, and of the batches that were not synced only the first
   * `keptBatches` have reached the disk. The disk can be opened again.
   */
  crash(keptBatches = 0): void {
    this.#open?.die();
    this.#open = undefined;
    this.#held = undefined;
    this.#faultOfNextBatch = undefined;
    for (const operations of this.#unsynced.slice(0, keptBatches)) this.#durable.apply(operations);
    this.#unsynced = [];
    this.#live = this.#durable.copy();
  }

  /** How many batches a crash would lose. */
  get unsyncedBatches(): number {
    return this.#unsynced.length;
  }

  /** The next batch does nothing and fails. */
  failNextBatch(fault: MemoryFault): void {
    this.#faultOfNextBatch = fault;
  }

  /** A slow disk: batches wait until `release`. */
  hold(): void {
    this.#held ??= [];
  }

  release(): void {
    const held = this.#held ?? [];
    this.#held = undefined;
    for (const carryOut of held) carryOut();
  }

  /** For MemoryKv: calls `carryOut` at once, or at `release`. */
  whenNotHeld(carryOut: () => void): void {
    if (this.#held === undefined) carryOut();
    else this.#held.push(carryOut);
  }

  /** For MemoryKv: carries a batch out. Throws StorageError. */
  write(operations: readonly KvOperation[], sync: boolean): void {
    const fault = this.#faultOfNextBatch;
    this.#faultOfNextBatch = undefined;
    if (fault !== undefined)
      throw new StorageError(fault, fault === 'full' ? 'no space left on the memory disk' : 'the memory disk failed');
    this.#live.apply(operations);
    this.#unsynced.push(operations);
    if (!sync) return;
    for (const each of this.#unsynced) this.#durable.apply(each);
    this.#unsynced = [];
  }

  /** For MemoryKv. */
  get pairs(): SortedBytes {
    return this.#live;
  }

  /** For MemoryKv: it was closed. */
  closed(kv: MemoryKv): void {
    if (this.#open === kv) this.#open = undefined;
  }
}

class MemoryKv implements Kv {
  readonly #life: LifeCycle;
  readonly #schedule: Schedule;
  #dead = false;

  constructor(
    private readonly disk: MemoryDisk,
    options: MemoryOptions,
  ) {
    this.#life = new LifeCycle(options.onFailure);
    this.#schedule = options.schedule ?? queueMicrotask;
  }

  die(): void {
    this.#dead = true;
  }

  batch(operations: readonly KvOperation[], options: BatchOptions): Promise<void> {
    const owned = operations.map(ownedOperation);
    return this.#operation((complete) => {
      this.disk.whenNotHeld(() => {
        complete(() => {
          if (owned.length > 0) this.disk.write(owned, options.sync);
        });
      });
    });
  }

  get(key: Uint8Array): Promise<Uint8Array | undefined> {
    return this.#operation((complete) => complete(() => this.disk.pairs.get(key)));
  }

  scan(range: KvRange, options: ScanOptions = {}): AsyncIterable<readonly KvPair[]> {
    return { [Symbol.asyncIterator]: () => this.#iterate(range, options, (pairs) => pairs) };
  }

  scanText(range: KvRange, options: ScanOptions = {}): AsyncIterable<readonly KvTextPair[]> {
    return { [Symbol.asyncIterator]: () => this.#iterate(range, options, textPairsOf) };
  }

  clear(range: KvRange): Promise<void> {
    return clearInSlices(this, range);
  }

  close(): Promise<void> {
    return this.#life.close(() => {
      this.disk.closed(this);
      return Promise.resolve();
    });
  }

  /** Calls `start`, which hands over the work when its time has come; its outcome is delivered through the schedule. */
  #operation<T>(start: (complete: (work: () => T) => void) => void): Promise<T> {
    const refusal = this.#life.refusal();
    if (refusal !== undefined) return Promise.reject(refusal);
    return new Promise<T>((resolve, reject) => {
      this.#life.begin();
      start((work) => {
        const settle = this.#outcomeOf(work, resolve, reject);
        this.#schedule(() => {
          if (this.#dead) return;
          settle();
          this.#life.end();
        });
      });
    });
  }

  #outcomeOf<T>(work: () => T, resolve: (value: T) => void, reject: (error: unknown) => void): () => void {
    const refusal = this.#life.failed ? this.#life.refusal() : undefined;
    if (refusal !== undefined) return () => reject(refusal);
    try {
      const value = work();
      return () => resolve(value);
    } catch (error) {
      const failure = error instanceof StorageError ? this.#life.fail(error) : error;
      return () => reject(failure);
    }
  }

  #iterate<Page>(range: KvRange, options: ScanOptions, pageOf: (pairs: readonly KvPair[]) => Page): MemoryScan<Page> {
    const pairs = this.disk.pairs
      .range(range.gte, range.lt)
      .map(([key, value]) => [options.keys === false ? EMPTY : key, options.values === false ? EMPTY : value] as const);
    return new MemoryScan({
      life: this.#life,
      schedule: (deliver) => this.#schedule(() => (this.#dead ? undefined : deliver())),
      pairs,
      pageOf,
      refused: this.#life.refusal(),
    });
  }
}

const EMPTY = Buffer.alloc(0);

interface MemoryScanParts<Page> {
  readonly life: LifeCycle;
  readonly schedule: Schedule;
  readonly pairs: readonly KvPair[];
  readonly pageOf: (pairs: readonly KvPair[]) => Page;
  /** Why there is nothing to scan. */
  readonly refused: StorageError | undefined;
}

class MemoryScan<Page> implements AsyncIterator<Page>, OpenScan {
  #at = 0;

  constructor(private readonly parts: MemoryScanParts<Page>) {
    if (parts.refused === undefined) parts.life.scanOpened(this);
  }

  next(): Promise<IteratorResult<Page, undefined>> {
    const { schedule, refused, life } = this.parts;
    return new Promise((resolve, reject) => {
      schedule(() => {
        const refusal = refused ?? life.refusal();
        if (refusal !== undefined) reject(refusal);
        else resolve(this.#page());
      });
    });
  }

  #page(): IteratorResult<Page, undefined> {
    const { pairs, pageOf, life } = this.parts;
    const page = pairs.slice(this.#at, this.#at + SCAN_PAGE_PAIRS);
    this.#at += page.length;
    if (page.length > 0) return { done: false, value: pageOf(page) };
    life.scanEnded(this);
    return { done: true, value: undefined };
  }

  return(): Promise<IteratorReturnResult<undefined>> {
    this.parts.life.scanEnded(this);
    return Promise.resolve({ done: true, value: undefined });
  }

  abort(): Promise<void> {
    this.parts.life.scanEnded(this);
    return Promise.resolve();
  }
}

/** Pairs as `scanText` gives them. */
export function textPairsOf(pairs: readonly KvPair[]): KvTextPair[] {
  return pairs.map(([key, value]) => [textOf(key), textOf(value)]);
}

function textOf(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('utf8');
}

function ownedOperation(operation: KvOperation): KvOperation {
  const key = owned(operation.key);
  return operation.type === 'put' ? { type: 'put', key, value: owned(operation.value) } : { type: 'del', key };
}

function owned(data: KvValue): KvData {
  if (data instanceof LongValue) return data.bytes();
  return typeof data === 'string' ? data : Buffer.from(data);
}
