import { StorageError } from '../../src/storage/errors';
import { clearInSlices } from '../../src/storage/kv';
import type { BatchOptions, Kv, KvOperation, KvPair, KvRange, KvTextPair, ScanOptions } from '../../src/storage/kv';
import { HARD_STATE_KEY } from '../../src/storage/layout';
import { LifeCycle } from '../../src/storage/lifeCycle';
import { textPairsOf } from '../../src/storage/memory';
import { decodeHardState } from '../../src/storage/recordCodec';
import { SortedBytes } from '../../src/storage/sortedBytes';
import type { HardState } from '../../src/raft/types';
import type { FaultCounts } from './faults';
import type { Judge } from './judge';
import type { SeededRandom } from './random';
import type { Owner, Scheduler } from './scheduler';

const SCAN_PAGE_PAIRS = 40;
const SLOW_FACTOR = 40;

/** Where a batch is when the process dies. */
export type CrashPoint = 'crash at submit' | 'crash with a write in flight' | 'crash right after a write';

interface Batch {
  readonly operations: readonly KvOperation[];
  readonly sync: boolean;
}

export interface DiskParts {
  readonly scheduler: Scheduler;
  readonly random: SeededRandom;
  readonly faults: FaultCounts;
  readonly judge: Judge;
  /** The process has to die here. */
  readonly onCrashPoint: (point: CrashPoint) => void;
}

/**
 * A disk that takes its time. Batches are carried out one after the other; what was not synced, and what was under way, is
 * lost as a suffix when the process dies. Reads see what has been carried out.
 */
export class SimDisk {
  durable = new SortedBytes();
  hardState: HardState = { term: 0, votedFor: undefined, commit: 0 };
  slowUntilMs = 0;
  faultOfNextBatch: 'io' | 'full' | undefined;
  crashAtNextBatch: CrashPoint | undefined;
  private live = new SortedBytes();
  private unsynced: Batch[] = [];
  private inFlight: Batch[] = [];
  private busyUntilMs = 0;
  private opened: SimKv | undefined;

  constructor(readonly parts: DiskParts) {}

  open(owner: Owner, onFailure: (error: StorageError) => void): Kv {
    this.opened = new SimKv(this, owner, onFailure);
    return this.opened;
  }

  get pairs(): SortedBytes {
    return this.live;
  }

  /** The process is gone: of what no sync has covered, some first part has reached the disk. */
  crash(): void {
    const { random, faults } = this.parts;
    const pending = [...this.unsynced, ...this.inFlight];
    const kept = random.chance(0.3) ? 0 : random.integer(0, pending.length);
    const torn = this.inFlight.length > 0;
    if (torn) faults.count(kept > this.unsynced.length ? 'torn write kept' : 'torn write lost');
    if (kept < this.unsynced.length) faults.count('unsynced writes lost', this.unsynced.length - kept);
    for (const { operations } of pending.slice(0, kept)) this.makeDurable(operations);
    this.forgetProcess();
  }

  /** The process ended by itself: what it wrote is there. */
  closed(): void {
    for (const { operations } of this.unsynced) this.makeDurable(operations);
    this.forgetProcess();
  }

  /** For SimKv: carries a batch out when its time has come. `done` is called with the error, if any. */
  submit(operations: readonly KvOperation[], sync: boolean, kv: SimKv, done: (error?: StorageError) => void): void {
    const { scheduler, random, faults } = this.parts;
    const batch = { operations, sync };
    if (this.reached('crash at submit')) return;
    const isSlow = this.slowUntilMs > scheduler.nowMs;
    if (isSlow) faults.count('disk slow');
    const latencyMs = (sync ? random.between(0.3, 2.5) : random.between(0.02, 0.2)) * (isSlow ? SLOW_FACTOR : 1);
    this.busyUntilMs = Math.max(this.busyUntilMs, scheduler.nowMs) + latencyMs;
    this.inFlight.push(batch);
    scheduler.schedule(this.busyUntilMs - scheduler.nowMs, () => {
      if (this.opened !== kv) return;
      if (this.reached('crash with a write in flight')) return;
      this.inFlight.shift();
      const error = this.carryOut(batch, kv);
      if (this.reached('crash right after a write')) return;
      kv.deliver(() => {
        done(error);
      });
    });
  }

  private carryOut(batch: Batch, kv: SimKv): StorageError | undefined {
    if (kv.failed) return kv.failure;
    const fault = this.faultOfNextBatch;
    if (fault !== undefined && batch.operations.length > 0) {
      this.faultOfNextBatch = undefined;
      this.parts.faults.count(fault === 'full' ? 'disk full' : 'disk error');
      return new StorageError(fault, `the simulated disk: ${fault}`);
    }
    this.live.apply(batch.operations);
    this.unsynced.push(batch);
    if (!batch.sync) return undefined;
    for (const { operations } of this.unsynced) this.makeDurable(operations);
    this.unsynced = [];
    return undefined;
  }

  private reached(point: CrashPoint): boolean {
    if (this.crashAtNextBatch !== point) return false;
    this.crashAtNextBatch = undefined;
    this.parts.faults.count(point);
    this.parts.onCrashPoint(point);
    return true;
  }

  private makeDurable(operations: readonly KvOperation[]): void {
    this.durable.apply(operations);
    for (const operation of operations) {
      if (operation.type !== 'put' || !(operation.value instanceof Uint8Array)) continue;
      if (operation.key.length !== 1 || operation.key[0] !== HARD_STATE_KEY[0]) continue;
      const next = decodeHardState(operation.value);
      this.checkHardState(next);
      this.hardState = next;
    }
  }

  private checkHardState(after: HardState): void {
    const before = this.hardState;
    const revoked = before.term === after.term && before.votedFor !== undefined && before.votedFor !== after.votedFor;
    if (after.term >= before.term && after.commit >= before.commit && !revoked) return;
    this.parts.judge.broken('hard state never goes back', `from ${hardStateText(before)} to ${hardStateText(after)}`);
  }

  private forgetProcess(): void {
    this.opened = undefined;
    this.unsynced = [];
    this.inFlight = [];
    this.busyUntilMs = 0;
    this.faultOfNextBatch = undefined;
    this.crashAtNextBatch = undefined;
    this.live = this.durable.copy();
  }
}

function hardStateText({ term, votedFor, commit }: HardState): string {
  return `term ${term} vote ${votedFor ?? '-'} commit ${commit}`;
}

/** One process's view of its disk. */
class SimKv implements Kv {
  private readonly life: LifeCycle;
  failure: StorageError | undefined;

  constructor(
    private readonly disk: SimDisk,
    private readonly owner: Owner,
    onFailure: (error: StorageError) => void,
  ) {
    this.life = new LifeCycle(onFailure);
  }

  get failed(): boolean {
    return this.life.failed;
  }

  /** Hands an outcome to the process: not while it is paused, and never if it is dead. */
  deliver(run: () => void): void {
    const { scheduler } = this.disk.parts;
    if (this.owner.dead) return;
    if (this.owner.pausedUntilMs > scheduler.nowMs) scheduler.schedule(0, run, this.owner);
    else {
      scheduler.current = this.owner;
      run();
    }
  }

  batch(operations: readonly KvOperation[], options: BatchOptions): Promise<void> {
    return this.operation((resolve, reject) => {
      this.disk.submit(operations, options.sync, this, (error) => {
        if (error === undefined) {
          resolve();
          return;
        }
        this.failure = this.life.fail(error);
        reject(this.failure);
      });
    });
  }

  get(key: Uint8Array): Promise<Uint8Array | undefined> {
    return this.operation((resolve) => {
      const value = this.disk.pairs.get(key);
      this.later(() => resolve(value));
    });
  }

  scan(range: KvRange, options: ScanOptions = {}): AsyncIterable<readonly KvPair[]> {
    return this.pages(range, options, (pairs) => pairs);
  }

  scanText(range: KvRange, options: ScanOptions = {}): AsyncIterable<readonly KvTextPair[]> {
    return this.pages(range, options, textPairsOf);
  }

  clear(range: KvRange): Promise<void> {
    return clearInSlices(this, range);
  }

  close(): Promise<void> {
    return this.life.close(() => Promise.resolve());
  }

  private later(run: () => void): void {
    const { scheduler, random } = this.disk.parts;
    scheduler.schedule(random.between(0.02, 0.3), run, this.owner);
  }

  private operation<T>(start: (resolve: (value: T) => void, reject: (error: Error) => void) => void): Promise<T> {
    const refusal = this.life.refusal();
    if (refusal !== undefined) return Promise.reject(refusal);
    return new Promise<T>((resolve, reject) => {
      this.life.begin();
      start(
        (value) => {
          resolve(value);
          this.life.end();
        },
        (error) => {
          reject(error);
          this.life.end();
        },
      );
    });
  }

  private async *pages<Page>(
    range: KvRange,
    options: ScanOptions,
    pageOf: (pairs: readonly KvPair[]) => Page,
  ): AsyncGenerator<Page, void, undefined> {
    const empty = Buffer.alloc(0);
    const pairs = this.disk.pairs.range(range.gte, range.lt);
    for (let at = 0; at < pairs.length; at += SCAN_PAGE_PAIRS) {
      await this.operation((resolve: (value: undefined) => void) => this.later(() => resolve(undefined)));
      const page = pairs.slice(at, at + SCAN_PAGE_PAIRS);
      const { keys, values } = options;
      yield pageOf(
        page.map(([key, value]) => [keys === false ? empty : key, values === false ? empty : value] as const),
      );
    }
  }
}
