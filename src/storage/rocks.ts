/**
 * Kv over RocksDB; the only file that names the package. What the binding does not do, found by trying, is done here: it
 * accepts writes after a failed fsync (so the first error latches), runs batches on a thread pool in any order (so one at a
 * time), turns a Uint8Array that is no Buffer into text, never calls back from `end` and `close` once an iterator has failed
 * (rocksScan.ts), replays a write-ahead log around a damaged record, and scans tables without verifying them (so all files are
 * checked before it opens them, verification.ts).
 */
import RocksDB from 'rocksdb';
import type { EngineStatistics } from './engineStatistics';
import { readEngineStatistics } from './engineStatistics';
import { corrupt, messageOf, StorageError } from './errors';
import { clearInSlices } from './kv';
import type { BatchOptions, Kv, KvData, KvOperation, KvPair, KvRange, KvTextPair, ScanOptions } from './kv';
import { LifeCycle } from './lifeCycle';
import { MarkWriter } from './markWriter';
import { RocksScan } from './rocksScan';
import type { NativeIterator } from './rocksScan';
import { isNotFound, storageErrorOf } from './rocksStatus';
import { cutTornEnd, tornEndText, type TornEnd } from './tornEnd';
import { verifyDatabase } from './verification';

const MEBIBYTE = 1024 * 1024;

/** Small fsynced batches, rare reads, one long scan at start. */
const OPEN_OPTIONS = {
  // What a restart has to replay at most twice over, and what one flush writes.
  writeBufferSize: 16 * MEBIBYTE,
  // Block cache: the tree is in memory, so only a handful of point reads would use it.
  cacheSize: 4 * MEBIBYTE,
  blockSize: 16 * 1024,
  // tableFiles.ts has to read the index, and a few gigabytes at most are not worth the time.
  compression: false,
};

const TABLE_FILES_MAX = 256;

/**
 * Batches of more operations or bytes are handed over in slices: with a million operations that takes more than a second, and
 * the loop with it. The batch is one all the same.
 */
const SLICE_OPERATIONS = 2000;
const SLICE_BYTES = 4 * MEBIBYTE;

/** One page of a scan: the binding stops at 1000 pairs or this many bytes, whichever is first. */
const SCAN_PAGE_BYTES = MEBIBYTE;

type Callback = (error: Error | null | undefined) => void;

type NativeData = Buffer | string;

type NativeOperation =
  | { readonly type: 'put'; readonly key: NativeData; readonly value: NativeData }
  | { readonly type: 'del'; readonly key: NativeData };

/** A batch that is put together a little at a time, and is written as one. */
interface NativeBatch {
  put(key: NativeData, value: NativeData): unknown;
  del(key: NativeData): unknown;
  write(options: BatchOptions, callback: Callback): void;
}

interface NativeDatabase {
  open(options: object, callback: Callback): void;
  batch(operations: readonly NativeOperation[], options: BatchOptions, callback: Callback): void;
  get(key: Buffer, callback: (error: Error | null | undefined, value: Buffer) => void): void;
  iterator(options: object): unknown;
  getProperty(name: string): string;
  close(callback: Callback): void;
}

/** What the package exports. */
export type NativeEngine = (path: string) => NativeDatabase;

export interface RocksOptions {
  /** An existing directory. */
  readonly path: string;
  /** False: a database must be there. */
  readonly createIfMissing: boolean;
  /** Table files that may be open at once; 256 if absent. More are opened again when they are needed. */
  readonly tableFilesMax?: number | undefined;
  /** Called once, with the first error of kind io, full or corrupt. */
  readonly onFailure?: (error: StorageError) => void;
  /** Another engine than the package's, for tests of what it is told. */
  readonly engine?: NativeEngine;
}

/** A Kv that can say how its engine is. */
export interface ReportingKv extends Kv {
  /** What was found and put right when it was opened, for the log. */
  readonly warnings: readonly string[];
  /** Undefined once it is being closed, or has failed. */
  statistics(): EngineStatistics | undefined;
}

/** Rejects with StorageError of kind locked, corrupt, permission, full or io. */
export async function openRocks(options: RocksOptions): Promise<ReportingKv> {
  const { path, createIfMissing, tableFilesMax = TABLE_FILES_MAX } = options;
  const verified = await verifyDatabase(path);
  if (!verified.exists && !createIfMissing) throw corrupt(`there is no database in ${path}, where one was`);
  const cuts = verified.ends.length > 0 ? await cutEnds(options, verified.ends) : [];
  const database = engineOf(options)(path);
  await openNative(database, path, { ...OPEN_OPTIONS, createIfMissing, maxOpenFiles: tableFilesMax });
  const life = new LifeCycle(options.onFailure);
  try {
    const { markCounter, sequence } = verified;
    const mark = await MarkWriter.open(path, markCounter, sequence, (error) => life.fail(error));
    const warnings = [...(verified.exists ? verified.warnings : []), ...cuts];
    return new RocksKv(database, options, life, mark, sequence, warnings);
  } catch (error) {
    await closeNative(database, path).catch(() => undefined);
    throw error;
  }
}

/** The same method of the package, without operations. */
function emptyBatch(database: NativeDatabase): NativeBatch {
  return (database as unknown as { batch(): NativeBatch }).batch();
}

function engineOf(options: Pick<RocksOptions, 'engine'>): NativeEngine {
  // The package's own types lean on types that are not installed.
  return options.engine ?? (RocksDB as unknown as NativeEngine);
}

/**
 * Cuts what a crash tore, unless another process has the database open: what looks torn is then a write under way. Answers
 * lines for the log.
 */
async function cutEnds(options: RocksOptions, ends: readonly TornEnd[]): Promise<readonly string[]> {
  const { path } = options;
  if (await isInUse(path, engineOf(options)))
    throw new StorageError('locked', `the database ${path} is in use by another process`);
  for (const end of ends) await cutTornEnd(end);
  return ends.map(tornEndText);
}

/** Whether another process, or another part of this one, has the database open. */
export async function isInUse(path: string, engine = engineOf({})): Promise<boolean> {
  try {
    // The engine takes its lock, and then refuses a database that exists before it has touched anything.
    await openNative(engine(path), path, { createIfMissing: false, errorIfExists: true });
    return false;
  } catch (error) {
    return error instanceof StorageError && error.kind === 'locked';
  }
}

function openNative(database: NativeDatabase, path: string, options: object): Promise<void> {
  return new Promise((resolve, reject) => {
    database.open(options, (error) => {
      if (error) reject(storageErrorOf(error, 'opening', path));
      else resolve();
    });
  });
}

function closeNative(database: NativeDatabase, path: string): Promise<void> {
  return new Promise((resolve, reject) => {
    database.close((error) => {
      if (error) reject(storageErrorOf(error, 'closing', path));
      else resolve();
    });
  });
}

interface WaitingBatch {
  readonly operations: readonly KvOperation[];
  readonly options: BatchOptions;
  readonly resolve: () => void;
  readonly reject: (error: StorageError) => void;
}

class RocksKv implements ReportingKv {
  readonly #batches: WaitingBatch[] = [];
  #batchInFlight = false;
  /** An iterator failed beyond repair: the binding's `close` would wait for ever. */
  #wedged = false;

  readonly #life: LifeCycle;
  /** The sequence number of the last operation: the engine counts every one of every batch. */
  #sequence: number;

  constructor(
    private readonly database: NativeDatabase,
    private readonly options: RocksOptions,
    life: LifeCycle,
    private readonly mark: MarkWriter,
    sequence: number,
    readonly warnings: readonly string[],
  ) {
    this.#life = life;
    this.#sequence = sequence;
  }

  batch(operations: readonly KvOperation[], options: BatchOptions): Promise<void> {
    const refusal = this.#life.refusal();
    if (refusal !== undefined) return Promise.reject(refusal);
    if (operations.length === 0) return Promise.resolve();
    return new Promise((resolve, reject) => {
      this.#life.begin();
      this.#batches.push({ operations, options, resolve, reject });
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
        this.mark.failed();
        for (const each of [batch, ...this.#batches.splice(0)]) {
          each.reject(failure);
          this.#life.end();
        }
      } else {
        this.#sequence += batch.operations.length;
        this.mark.wrote(this.#sequence, batch.options.sync);
        batch.resolve();
        this.#life.end();
        this.#startBatch();
      }
    };
    try {
      if (batch.operations.length <= SLICE_OPERATIONS) {
        this.database.batch(batch.operations.map(nativeOperation), batch.options, done);
      } else {
        this.#fillBatch(emptyBatch(this.database), batch, 0, done);
      }
    } catch (error) {
      done(error instanceof Error ? error : new Error(messageOf(error)));
    }
  }

  /** Hands the operations from `from` on to the engine, a slice in a turn, and then has them written. */
  #fillBatch(native: NativeBatch, batch: WaitingBatch, from: number, done: Callback): void {
    const { operations, options } = batch;
    let bytes = 0;
    let position = from;
    for (; position < operations.length && position - from < SLICE_OPERATIONS && bytes < SLICE_BYTES; position += 1) {
      const operation = operations[position];
      if (operation === undefined) break;
      const { type, key } = operation;
      if (type === 'put') {
        native.put(nativeData(key), nativeData(operation.value));
        bytes += operation.value.length;
      } else {
        native.del(nativeData(key));
      }
    }
    if (position >= operations.length) {
      native.write(options, done);
      return;
    }
    setImmediate(() => {
      try {
        this.#fillBatch(native, batch, position, done);
      } catch (error) {
        done(error instanceof Error ? error : new Error(messageOf(error)));
      }
    });
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
      await this.mark.close(!this.#life.failed);
      if (!this.#wedged) await closeNative(this.database, this.options.path);
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
