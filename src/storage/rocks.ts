/**
 * Kv over RocksDB. What the binding (rocksNative.ts) and the engine do not do, found by trying, is done here: they
 * accept writes after a failed fsync (so the first error latches), run batches on a thread pool in any order (so one at a
 * time), turn a Uint8Array that is no Buffer into text, never call back from `end` and `close` once an iterator has failed
 * (rocksScan.ts), nor from a `close` in the wrong moment after a flush has failed (closingMoment.ts), replay a write-ahead log
 * around a damaged record, and scan tables without verifying them (so all files are checked before they open them,
 * verification.ts).
 */
import { closingMoment, readFlushes } from './closingMoment';
import type { EngineStatistics } from './engineStatistics';
import { readEngineStatistics } from './engineStatistics';
import { corrupt, StorageError } from './errors';
import { watchFlushes } from './flushWatch';
import { clearInSlices, del } from './kv';
import type { BatchOptions, Kv, KvOperation, KvPair, KvRange, KvTextPair, ScanOptions } from './kv';
import { LifeCycle } from './lifeCycle';
import { MarkWriter } from './markWriter';
import { writeBatch } from './rocksBatch';
import { bufferOf, closeNative, ENGINE, isInUse, openNative } from './rocksNative';
import type { Callback, NativeData, NativeDatabase, NativeEngine } from './rocksNative';
import { RocksScan } from './rocksScan';
import type { NativeIterator } from './rocksScan';
import { isNotFound, storageErrorOf } from './rocksStatus';
import { readMark } from './syncedMark';
import { cutTornEnd, isAsJudged, tornEndText } from './tornEnd';
import { verifyDatabase, type Verified } from './verification';

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

/** Nothing is stored here: what a write that only asks how the engine is removes. */
const NO_KEY = Buffer.from('~');

/** One page of a scan: the binding stops at 1000 pairs or this many bytes, whichever is first. */
const SCAN_PAGE_BYTES = MEBIBYTE;

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
  /** From now on it is as after an error of the engine: everything is refused, and who waits to hear of a failure hears of this one. */
  refuse(error: StorageError): void;
}

/** Rejects with StorageError of kind locked, corrupt, permission, full or io. */
export async function openRocks(options: RocksOptions): Promise<ReportingKv> {
  const { path, createIfMissing, tableFilesMax = TABLE_FILES_MAX } = options;
  const verified = await verifyDatabase(path);
  if (!verified.exists && !createIfMissing) throw corrupt(`there is no database in ${path}, where one was`);
  const cuts = verified.ends.length > 0 ? await cutEnds(options, verified) : [];
  const database = (options.engine ?? ENGINE)(path);
  await openNative(database, path, { ...OPEN_OPTIONS, createIfMissing, maxOpenFiles: tableFilesMax });
  const life = new LifeCycle(options.onFailure);
  try {
    // From here on nobody else can write it.
    await refuseMoved(path, verified);
    const { markCounter, sequence } = verified;
    const mark = await MarkWriter.open(path, markCounter, sequence, (error) => life.fail(error));
    const warnings = [...(verified.exists ? verified.warnings : []), ...cuts];
    return new RocksKv(database, options, life, mark, sequence, warnings);
  } catch (error) {
    await closeNative(database, path).catch(() => undefined);
    throw error;
  }
}

/**
 * Cuts what a crash tore, unless another process has the database open: what looks torn is then a write under way. Answers
 * lines for the log.
 */
async function cutEnds(options: RocksOptions, verified: Verified): Promise<readonly string[]> {
  const { path } = options;
  const { ends } = verified;
  if (await isInUse(path, options.engine))
    throw new StorageError('locked', `the database ${path} is in use by another process`);
  await refuseMoved(path, verified);
  for (const end of ends) if (!(await isAsJudged(end))) throw hasMoved(path);
  for (const end of ends) await cutTornEnd(end);
  return ends.map(tornEndText);
}

/** Another process may have written on while the files were looked at, and have ended since: then they are not as they were found. */
async function refuseMoved(path: string, { markCounter }: Verified): Promise<void> {
  const mark = await readMark(path);
  if ((typeof mark === 'string' ? 0 : mark.counter) !== markCounter) throw hasMoved(path);
}

function hasMoved(path: string): StorageError {
  return new StorageError(
    'locked',
    `another process wrote to the database ${path} while this one looked at it: where it has ended, start again`,
  );
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

  readonly #property = (name: string): number => Number(this.database.getProperty(`rocksdb.${name}`));
  readonly #life: LifeCycle;
  readonly #endWatch: () => void;
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
    this.#endWatch = watchFlushes(
      () => readFlushes(this.#property).failures,
      () => {
        // It is refused with what the flush failed of, which latches.
        this.batch([del(NO_KEY)], { sync: false }).catch(() => undefined);
      },
    );
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
    writeBatch(this.database, batch.operations, batch.options, done);
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
    return readEngineStatistics(this.#property);
  }

  refuse(error: StorageError): void {
    this.#life.fail(error);
  }

  close(): Promise<void> {
    this.#endWatch();
    return this.#life.close(async () => {
      try {
        await this.mark.close(!this.#life.failed);
      } finally {
        await this.#closeEngine();
      }
    });
  }

  async #closeEngine(): Promise<void> {
    if (this.#wedged) return;
    // Also where nothing failed: a flush that is under way may yet.
    await closingMoment(() => readFlushes(this.#property));
    await closeNative(this.database, this.options.path);
  }

  #fail(error: unknown, doing: string): StorageError {
    return this.#life.fail(storageErrorOf(error, doing, this.options.path));
  }
}
