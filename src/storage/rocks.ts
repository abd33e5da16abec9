/**
 * Kv over RocksDB; the only file that names the package. What the binding does not do, found by trying, is done here: it
 * accepts writes after a failed fsync (so the first error latches), runs batches on a thread pool in any order (so one at a
 * time), turns a Uint8Array that is no Buffer into text, never calls back from `end` and `close` once an iterator has failed (rocksScan.ts),
 * replays a write-ahead log around a damaged record, and scans
 * tables without verifying them (so all files are checked before it opens them).
 */
import RocksDB from 'rocksdb';
import type { StorageError } from './errors';
import type { EngineStatistics } from './engineStatistics';
import { readEngineStatistics } from './engineStatistics';
import { messageOf } from './errors';
import { clearInSlices } from './kv';
import type { BatchOptions, Kv, KvData, KvOperation, KvPair, KvRange, KvTextPair, ScanOptions } from './kv';
import { LifeCycle } from './lifeCycle';
import { readLiveFiles } from './manifest';
import { RocksScan } from './rocksScan';
import type { NativeIterator } from './rocksScan';
import { isNotFound, storageErrorOf } from './rocksStatus';
import { checkTableFiles } from './tableFiles';
import { checkWriteAheadLogs } from './writeAheadLog';

const MEBIBYTE = 1024 * 1024;

/** Small fsynced batches, rare reads, one long scan at start. */
const OPEN_OPTIONS = {
  // What a restart has to replay at most twice over, and what one flush writes.
  writeBufferSize: 16 * MEBIBYTE,
  // Block cache: the tree is in memory, so only a handful of point reads would use it.
  cacheSize: 4 * MEBIBYTE,
  blockSize: 16 * 1024,
  maxOpenFiles: 256,
  // tableFiles.ts has to read the index, and a few gigabytes at most are not worth the time.
  compression: false,
};

/** One page of a scan: the binding stops at 1000 pairs or this many bytes, whichever is first. */
const SCAN_PAGE_BYTES = MEBIBYTE;

type Callback = (error: Error | null | undefined) => void;

type NativeData = Buffer | string;

type NativeOperation =
  | { readonly type: 'put'; readonly key: NativeData; readonly value: NativeData }
  | { readonly type: 'del'; readonly key: NativeData };

interface NativeDatabase {
  open(options: object, callback: Callback): void;
  batch(operations: readonly NativeOperation[], options: BatchOptions, callback: Callback): void;
  get(key: Buffer, callback: (error: Error | null | undefined, value: Buffer) => void): void;
  iterator(options: object): unknown;
  getProperty(name: string): string;
  close(callback: Callback): void;
}

export interface RocksOptions {
  /** An existing directory. */
  readonly path: string;
  /** False: a database must be there. */
  readonly createIfMissing: boolean;
  /** Called once, with the first error of kind io, full or corrupt. */
  readonly onFailure?: (error: StorageError) => void;
}

/** A Kv that can say how its engine is. */
export interface ReportingKv extends Kv {
  /** Undefined once it is being closed, or has failed. */
  statistics(): EngineStatistics | undefined;
}

/** Rejects with StorageError of kind locked, corrupt, permission, full or io. */
export async function openRocks(options: RocksOptions): Promise<ReportingKv> {
  const live = await readLiveFiles(options.path);
  if (live !== undefined) {
    await checkTableFiles(options.path, live);
    await checkWriteAheadLogs(options.path, live);
  }
  // The package's own types lean on types that are not installed.
  const database = RocksDB(options.path) as unknown as NativeDatabase;
  await new Promise<void>((resolve, reject) => {
    database.open({ ...OPEN_OPTIONS, createIfMissing: options.createIfMissing }, (error) => {
      if (error) reject(storageErrorOf(error, 'opening', options.path));
      else resolve();
    });
  });
  return new RocksKv(database, options);
}

interface WaitingBatch {
  readonly operations: readonly NativeOperation[];
  readonly options: BatchOptions;
  readonly resolve: () => void;
  readonly reject: (error: StorageError) => void;
}

class RocksKv implements ReportingKv {
  readonly #life: LifeCycle;
  readonly #batches: WaitingBatch[] = [];
  #batchInFlight = false;
  /** An iterator failed beyond repair: the binding's `close` would wait for ever. */
  #wedged = false;

  constructor(
    private readonly database: NativeDatabase,
    private readonly options: RocksOptions,
  ) {
    this.#life = new LifeCycle(options.onFailure);
  }

  batch(operations: readonly KvOperation[], options: BatchOptions): Promise<void> {
    const refusal = this.#life.refusal();
    if (refusal !== undefined) return Promise.reject(refusal);
    if (operations.length === 0) return Promise.resolve();
    return new Promise((resolve, reject) => {
      this.#life.begin();
      this.#batches.push({ operations: operations.map(nativeOperation), options, resolve, reject });
      if (!this.#batchInFlight) this.#startBatch();
    });
  }

  #startBatch(): void {
    const batch = this.#batches.shift();
    if (batch === undefined) return;
    this.#batchInFlight = true;
    const done: Callback = (error) => {
      this.#batchInFlight = false;
      if (error) {
        const failure = this.#fail(error, 'writing to');
        for (const each of [batch, ...this.#batches.splice(0)]) {
          each.reject(failure);
          this.#life.end();
        }
      } else {
        batch.resolve();
        this.#life.end();
        this.#startBatch();
      }
    };
    try {
      this.database.batch(batch.operations, batch.options, done);
    } catch (error) {
      done(error instanceof Error ? error : new Error(messageOf(error)));
    }
  }

  get(key: Uint8Array): Promise<Uint8Array | undefined> {
    const refusal = this.#life.refusal();
    if (refusal !== undefined) return Promise.reject(refusal);
    return new Promise((resolve, reject) => {
      this.#life.begin();
      this.database.get(bufferOf(key), (error, value) => {
        if (!error) resolve(value);
        else if (isNotFound(error)) resolve(undefined);
        else reject(this.#fail(error, 'reading'));
        this.#life.end();
      });
    });
  }

  scan(range: KvRange, options: ScanOptions = {}): AsyncIterable<readonly KvPair[]> {
    return { [Symbol.asyncIterator]: () => this.#iterate<Buffer>(range, options, true) };
  }

  scanText(range: KvRange, options: ScanOptions = {}): AsyncIterable<readonly KvTextPair[]> {
    return { [Symbol.asyncIterator]: () => this.#iterate<string>(range, options, false) };
  }

  #iterate<Data extends NativeData>(range: KvRange, options: ScanOptions, asBuffer: boolean): RocksScan<Data> {
    const start = bufferOf(range.gte);
    return new RocksScan<Data>({
      life: this.#life,
      start,
      open: () => {
        const iterator = this.database.iterator({
          gte: start,
          lt: bufferOf(range.lt),
          keys: options.keys !== false,
          values: options.values !== false,
          keyAsBuffer: asBuffer,
          valueAsBuffer: asBuffer,
          highWaterMark: SCAN_PAGE_BYTES,
        });
        return iterator as NativeIterator<Data>;
      },
      onError: (error) => this.#fail(error, 'reading'),
      onWedged: () => {
        this.#wedged = true;
      },
    });
  }

  clear(range: KvRange): Promise<void> {
    return clearInSlices(this, range);
  }

  statistics(): EngineStatistics | undefined {
    if (this.#life.refusal() !== undefined) return undefined;
    return readEngineStatistics((name) => Number(this.database.getProperty(`rocksdb.${name}`)));
  }

  close(): Promise<void> {
    return this.#life.close(async () => {
      if (this.#wedged) return;
      await new Promise<void>((resolve, reject) => {
        this.database.close((error) => {
          if (error) reject(storageErrorOf(error, 'closing', this.options.path));
          else resolve();
        });
      });
    });
  }

  #fail(error: unknown, doing: string): StorageError {
    return this.#life.fail(storageErrorOf(error, doing, this.options.path));
  }
}

function nativeOperation(operation: KvOperation): NativeOperation {
  const key = nativeData(operation.key);
  return operation.type === 'put' ? { type: 'put', key, value: nativeData(operation.value) } : { type: 'del', key };
}

/** The binding stores strings as UTF-8. */
function nativeData(data: KvData): NativeData {
  return typeof data === 'string' ? data : bufferOf(data);
}

function bufferOf(bytes: Uint8Array): Buffer {
  return Buffer.isBuffer(bytes) ? bytes : Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}
