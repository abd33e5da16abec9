import { StorageError } from '../../src/storage/errors';
import type { KvOperation } from '../../src/storage/kv';
import { isSyncedKey } from '../../src/storage/layout';
import { readLog } from '../../src/storage/logFormat';
import { judgeLogs } from '../../src/storage/logVerdict';
import type { SyncedMark } from '../../src/storage/syncedMark';
import { LogScan } from '../../src/storage/writeAheadLog';
import { batchPayload, LogFileBytes, readable } from '../storage/support/logFile';
import { afterFullDisk, afterKill, afterPowerCut, loseSector } from '../storage/support/powerCut';
import type { FaultCounts } from './faults';
import type { SeededRandom } from './random';

export interface Batch {
  readonly operations: readonly KvOperation[];
  readonly sync: boolean;
}

interface Logged {
  readonly batch: Batch;
  /** Of its first operation. */
  readonly sequence: number;
}

/** What the process had been told, and when. */
export interface Told {
  readonly synced: number;
  readonly written: number;
}

interface LeftFile {
  readonly name: string;
  readonly bytes: Buffer;
}

export interface Crash {
  readonly nowMs: number;
  /** What the engine was writing. */
  readonly inFlight: Batch | undefined;
  /** What it could not write. */
  readonly failed: Batch | undefined;
  /** The disk loses something that it had said is safe. */
  readonly losesSynced: boolean;
}

export interface AfterCrash {
  /** What is there besides what was synced, in order. */
  readonly survivors: readonly Batch[];
  /** Why the program will not start. */
  readonly refusal: StorageError | undefined;
  readonly lostSynced: boolean;
}

/** The mark (src/storage/markWriter.ts) is so old at most, when the process dies and when the power fails. */
const MARK_LAG_MS = { kill: 12, powerCut: 1010 };
/** The engine begins another file from time to time; more often here, because the writes are small and a page holds several. */
const NEW_FILE_CHANCE = 0.35;
/** Synced batches that are kept to be damaged; what is older is in tables. */
const KEPT_BATCHES = 60;
const POWER_CUT_CHANCE = 0.7;
const FINAL_MARK_CHANCE = 0.7;

/**
 * The write-ahead log below a simulated disk, and the mark beside it, since the last start. What a crash leaves of its bytes, page
 * by page, is looked through and judged by the program's own rules (src/storage/logVerdict.ts), cut where they say, and replayed
 * as the engine does it, which skips what it cannot read.
 */
export class DiskLog {
  private files: Logged[][] = [[]];
  private flushed: number;
  private synced: number;
  private readonly marks: (Told & { readonly atMs: number })[];

  constructor(
    private readonly random: SeededRandom,
    private readonly faults: FaultCounts,
    nowMs: number,
    /** Of the last operation; what a start finds is durable, and so is its first mark. */
    private written: number,
  ) {
    this.flushed = written;
    this.synced = written;
    this.marks = [{ atMs: nowMs, synced: written, written }];
  }

  get sequence(): number {
    return this.written;
  }

  /** The engine has handed it to the system, and if it was to be synced the disk has it and all before. */
  wrote(batch: Batch): Told {
    this.begun(batch);
    this.written += batch.operations.length;
    if (batch.sync) {
      this.synced = this.written;
      this.flush();
    }
    return { synced: this.synced, written: this.written };
  }

  told(told: Told, nowMs: number): void {
    this.marks.push({ atMs: nowMs, ...told });
    while ((this.marks[1]?.atMs ?? nowMs) < nowMs - MARK_LAG_MS.powerCut) this.marks.shift();
  }

  crash(crash: Crash): AfterCrash {
    const { random } = this;
    const last = crash.inFlight ?? crash.failed;
    if (last !== undefined) this.begun(last);
    const isPowerCut = random.chance(POWER_CUT_CHANCE);
    const isFinal = crash.failed !== undefined && random.chance(FINAL_MARK_CHANCE);
    const mark = this.mark(crash.nowMs, isPowerCut, isFinal);
    let left = this.files.map((file, at) => {
      const isBroken = last !== undefined && at === this.files.length - 1;
      return { name: `${String(at + 1).padStart(6, '0')}.log`, bytes: this.left(file, isPowerCut, isBroken, isFinal) };
    });
    const damaged = crash.losesSynced ? this.damaged(left, mark.synced) : undefined;
    left = damaged ?? left;
    const survivors = this.restart(left, mark);
    const lostSynced = damaged !== undefined;
    return survivors instanceof StorageError
      ? { survivors: [], refusal: survivors, lostSynced }
      : { survivors, refusal: undefined, lostSynced };
  }

  private begun(batch: Batch): void {
    if (batch.operations.length === 0) return;
    if (this.random.chance(NEW_FILE_CHANCE)) this.files.push([]);
    this.files.at(-1)?.push({ batch, sequence: this.written + 1 });
  }

  /** What is left of one file. */
  private left(file: readonly Logged[], isPowerCut: boolean, isBroken: boolean, isFinal: boolean): Buffer {
    const { next } = this.random;
    const made = new LogFileBytes();
    let syncedTo = 0;
    const writeEnds: number[] = [];
    for (const { batch, sequence } of file) {
      made.add(batchPayload(sequence, batch.operations));
      if (sequence <= this.synced) syncedTo = made.length;
      else writeEnds.push(made.length);
    }
    const log = { bytes: made.bytes, syncedTo, writeEnds };
    if (isPowerCut) return afterPowerCut(log, next);
    if (!isBroken || next() < 0.4) return log.bytes;
    return isFinal ? afterFullDisk(log, next) : afterKill(log, next);
  }

  private mark(nowMs: number, isPowerCut: boolean, isFinal: boolean): SyncedMark {
    const lagMs = this.random.between(0, isPowerCut ? MARK_LAG_MS.powerCut : MARK_LAG_MS.kill);
    const known = isFinal ? this.marks : this.marks.filter(({ atMs }) => atMs <= nowMs - lagMs);
    const { synced, written } = known.at(-1) ?? this.marks[0] ?? { synced: 0, written: 0 };
    return { counter: 1, synced, written, isFinal };
  }

  /** One sector less of what the mark says is there; undefined if there is nothing that could be lost. */
  private damaged(left: readonly LeftFile[], synced: number): LeftFile[] | undefined {
    const places = left.map(({ bytes }, at) => {
      const marked = (this.files[at] ?? []).filter(({ sequence }) => sequence <= synced);
      const made = new LogFileBytes();
      for (const { batch, sequence } of marked) made.add(batchPayload(sequence, batch.operations));
      return Math.min(made.length, bytes.length);
    });
    const possible = places.flatMap((length, at) => (length > 0 ? [at] : []));
    if (possible.length === 0) return undefined;
    // The end is what the mark alone can tell of.
    const at = this.random.chance(0.5) ? possible.at(-1) : this.random.pick(possible);
    return left.map((file, index) =>
      index === at ? { ...file, bytes: loseSector(file.bytes, places[at] ?? 0, this.random.next) } : file,
    );
  }

  /** As src/storage/rocks.ts opens a database. */
  private restart(left: readonly LeftFile[], mark: SyncedMark): readonly Batch[] | StorageError {
    const scan = new LogScan(this.flushed, isSyncedKey);
    for (const { name, bytes } of left) scan.read(name, name, readable(bytes));
    const facts = scan.facts();
    try {
      const ends = judgeLogs(facts, mark);
      if (ends.length > 0) this.faults.count('torn end of the log cut');
      if (ends.length > 0 && this.replayed(left).some(({ sequence }) => sequence > facts.end + 1))
        this.faults.count('hole in unsynced writes cut');
      const cut = left.map((file) => {
        const end = ends.find(({ file: name }) => name === file.name);
        return end === undefined ? file : { ...file, bytes: file.bytes.subarray(0, end.at) };
      });
      return this.replayed(cut)
        .filter(({ sequence }) => sequence > this.synced)
        .map(({ batch }) => batch);
    } catch (error) {
      if (error instanceof StorageError) return error;
      throw error;
    }
  }

  /** What the engine finds in the files. */
  private replayed(left: readonly LeftFile[]): readonly Logged[] {
    const known = new Map(this.files.flat().map((logged) => [logged.sequence, logged]));
    const found: Logged[] = [];
    for (const { bytes } of left) {
      readLog(readable(bytes), {
        onDamage: () => undefined,
        onPayload: (pieces) => {
          const logged = known.get(Number(Buffer.concat(pieces).readBigUInt64LE(0)));
          if (logged !== undefined) found.push(logged);
        },
      });
    }
    return found;
  }

  /** The oldest synced batches go into tables. */
  private flush(): void {
    let surplus = this.files.reduce((count, file) => count + file.length, 0) - KEPT_BATCHES;
    for (; surplus > 0; surplus--) {
      while (this.files.length > 1 && this.files[0]?.length === 0) this.files.shift();
      const gone = this.files[0]?.shift();
      if (gone !== undefined) this.flushed = gone.sequence + gone.batch.operations.length - 1;
    }
  }
}
