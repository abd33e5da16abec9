import { StorageError } from '../../src/storage/errors';
import type { Kv, KvOperation } from '../../src/storage/kv';
import { HARD_STATE_KEY } from '../../src/storage/layout';
import { decodeHardState } from '../../src/storage/recordCodec';
import { SortedBytes } from '../../src/storage/sortedBytes';
import type { HardState } from '../../src/raft/types';
import { SimKv } from './diskKv';
import { DiskLog, type Batch } from './diskLog';
import type { FaultCounts } from './faults';
import type { Judge } from './judge';
import type { SeededRandom } from './random';
import type { Owner, Scheduler } from './scheduler';

const SLOW_FACTOR = 40;

/** Where a batch is when the process dies. */
export type CrashPoint =
  | 'crash at submit'
  | 'crash with a write in flight'
  | 'crash in the sync of earlier writes'
  | 'crash right after a write';

export interface DiskParts {
  readonly scheduler: Scheduler;
  readonly random: SeededRandom;
  readonly faults: FaultCounts;
  readonly judge: Judge;
  /** The process has to die here. */
  readonly onCrashPoint: (point: CrashPoint) => void;
}

/**
 * A disk that takes its time. Batches are carried out one after the other; what is left of those that were not synced, and of the
 * one that was under way, when the process dies or the power fails, diskLog.ts says. Reads see what has been carried out.
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
  private failed: Batch | undefined;
  private log: DiskLog;
  /** Why the program does not start on it. */
  refusal: StorageError | undefined;

  constructor(readonly parts: DiskParts) {
    this.log = this.newLog(0);
  }

  /** @throws StorageError if what was synced is not there any more */
  open(owner: Owner, onFailure: (error: StorageError) => void): Kv {
    if (this.refusal !== undefined) throw this.refusal;
    this.opened = new SimKv(this, owner, onFailure);
    return this.opened;
  }

  get pairs(): SortedBytes {
    return this.live;
  }

  /**
   * The process is gone, and perhaps the power with it.
   *
   * @param losesSynced the disk loses something that it had said is safe, if there is anything
   * @returns whether it did
   */
  crash(losesSynced = false): boolean {
    // Nothing was opened, and nothing is changed.
    if (this.refusal !== undefined) return false;
    const { faults, judge, scheduler } = this.parts;
    const [inFlight] = this.inFlight;
    const { failed, unsynced } = this;
    const after = this.log.crash({ nowMs: scheduler.nowMs, inFlight, failed, losesSynced });
    const { survivors, refusal, lostSynced } = after;
    const pending = [...unsynced, inFlight ?? failed].filter((batch) => batch !== undefined);
    const lost = unsynced.filter(({ operations }) => operations.length > 0).length - survivors.length;
    if (inFlight !== undefined) faults.count(survivors.includes(inFlight) ? 'torn write kept' : 'torn write lost');
    if (failed !== undefined && survivors.includes(failed)) faults.count('failed write kept');
    if (lost > 0) faults.count('unsynced writes lost', lost);
    if (lostSynced) {
      judge.check(refusal !== undefined, 'a start notices lost writes', () => 'a synced sector is gone');
    } else {
      judge.check(refusal === undefined, 'no crash keeps a member from starting', () => refusal?.message ?? '');
      const begun = pending.filter(({ operations }) => operations.length > 0);
      const isPrefix = survivors.every((batch, at) => batch === begun[at]);
      judge.check(isPrefix, 'what survives a crash is a prefix', () => `${survivors.length} of ${begun.length}`);
    }
    for (const { operations } of survivors) this.makeDurable(operations);
    this.refusal = refusal;
    this.forgetProcess();
    return lostSynced;
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
      if (sync && this.unsynced.length > 0 && this.reached('crash in the sync of earlier writes')) return;
      this.inFlight.shift();
      const error = this.carryOut(batch, kv);
      const told = error === undefined ? this.log.wrote(batch) : undefined;
      if (this.reached('crash right after a write')) return;
      kv.deliver(() => {
        if (told !== undefined) this.log.told(told, scheduler.nowMs);
        done(error);
      });
    });
  }

  private carryOut(batch: Batch, kv: SimKv): StorageError | undefined {
    if (kv.failed) return kv.failure;
    const fault = this.faultOfNextBatch;
    if (fault !== undefined && batch.operations.length > 0) {
      this.faultOfNextBatch = undefined;
      this.failed = batch;
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

  private newLog(sequence: number): DiskLog {
    const { random, faults, scheduler } = this.parts;
    return new DiskLog(random, faults, scheduler.nowMs, sequence);
  }

  private forgetProcess(): void {
    this.opened = undefined;
    this.unsynced = [];
    this.inFlight = [];
    this.failed = undefined;
    this.log = this.newLog(this.log.sequence);
    this.busyUntilMs = 0;
    this.faultOfNextBatch = undefined;
    this.crashAtNextBatch = undefined;
    this.live = this.durable.copy();
  }
}

function hardStateText({ term, votedFor, commit }: HardState): string {
  return `term ${term} vote ${votedFor ?? '-'} commit ${commit}`;
}
