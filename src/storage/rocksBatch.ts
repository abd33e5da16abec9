/** Hands one batch over to the engine. */
import { messageOf } from '../platform/errorMessage';
import { Assembly } from './assembly';
import { Kept } from './kept';
import { LongValue, type BatchOptions, type KvOperation, type KvValue } from './kv';
import {
  emptyBatch,
  nativeData,
  type Callback,
  type NativeBatch,
  type NativeDatabase,
  type NativeOperation,
} from './rocksNative';

const MEBIBYTE = 1024 * 1024;

/**
 * Batches of more operations or bytes are handed over in slices: with a million operations, or some long values, that takes more than
 * a second, and the loop with it. The batch is one all the same.
 */
const SLICE_OPERATIONS = 2000;
const SLICE_BYTES = MEBIBYTE;

/** `done` is called once, with the engine's error if it had one; what the binding throws goes there too. */
export function writeBatch(
  database: NativeDatabase,
  operations: readonly KvOperation[],
  options: BatchOptions,
  done: Callback,
): void {
  const guarded = (step: () => void): void => {
    try {
      step();
    } catch (error) {
      done(error instanceof Error ? error : new Error(messageOf(error)));
    }
  };
  guarded(() => {
    if (isShort(operations)) {
      database.batch(operations.map(nativeOperation), options, done);
    } else {
      // In a turn of its own: in this one what is long was encoded.
      setImmediate(guarded, () => {
        const batch = batchFor(database);
        grow(batch, roomFor(operations), () => goOn(batch, 0));
      });
    }
  });

  /** Makes room for so many bytes, a slice in a turn, and calls `next`; at once if there is room. */
  function grow(batch: LongBatch, bytes: number, next: () => void): void {
    if (batch.roomBytes >= bytes) {
      next();
      return;
    }
    const sliceBytes = growthSlice(bytes);
    let filled = 0;
    const step = (): void => {
      batch.native._put(PADDING_KEY, padding().subarray(0, sliceBytes));
      filled += sliceBytes;
      if (filled < bytes) {
        setImmediate(guarded, step);
        return;
      }
      batch.native._clear();
      batch.roomBytes = filled;
      setImmediate(guarded, next);
    };
    step();
  }

  /** The operations from `from` on, a slice in a turn; then all of them are written. */
  function goOn(batch: LongBatch, from: number): void {
    const { native } = batch;
    const operation = operations[from];
    if (operation === undefined) {
      write(batch);
    } else if (operation.type === 'put' && operation.value instanceof LongValue) {
      const { key, value } = operation;
      assemble(value, (bytes) => {
        native._put(nativeData(key), bytes);
        setImmediate(guarded, () => goOn(batch, from + 1));
      });
    } else {
      const next = fillSlice(native, operations, from);
      if (next < operations.length) setImmediate(guarded, () => goOn(batch, next));
      else write(batch);
    }
  }

  function write(batch: LongBatch): void {
    batch.native._write(options, (error) => {
      if (!error) keep(database, batch);
      done(error);
    });
  }

  /** Calls `use` with the bytes of a long value in a later turn; they are somebody else's after it. */
  function assemble(value: LongValue, use: (bytes: Buffer) => void): void {
    const assembly = new Assembly(value);
    const step = (): void => {
      const bytes = assembly.next();
      if (bytes === undefined) {
        setImmediate(guarded, step);
      } else {
        use(bytes);
        assembly.release();
      }
    };
    step();
  }
}

interface LongBatch {
  readonly native: NativeBatch;
  /** What it takes without growing. */
  roomBytes: number;
}

/**
 * The long batch that was written last, of each database. A batch that grows copies what is in it, and new memory costs more than the copy:
 * with long values in it that would be several times their length in one turn.
 */
const keptBatches = new WeakMap<NativeDatabase, Kept<LongBatch>>();

function batchFor(database: NativeDatabase): LongBatch {
  return keptBatches.get(database)?.take() ?? { native: emptyBatch(database), roomBytes: 0 };
}

function keep(database: NativeDatabase, batch: LongBatch): void {
  batch.native._clear();
  const kept = keptBatches.get(database) ?? new Kept<LongBatch>();
  keptBatches.set(database, kept);
  kept.give(batch);
}

const PADDING_KEY = 'padding';

/** What a batch is filled with to grow, and then cleared of. */
const keptPadding = new Kept<Buffer>();

function padding(): Buffer {
  const bytes = keptPadding.take() ?? Buffer.alloc(SLICE_BYTES);
  keptPadding.give(bytes);
  return bytes;
}

/**
 * A batch that has no more room takes twice as much, and copies what it holds there. With slices of which so many as a power of two fill it, the
 * last copy is half of what is needed, and nothing more than that is taken; with any others it may be nearly all, for twice the memory.
 */
function growthSlice(bytes: number): number {
  // Whole ones, so that the next batch of about this length has room too.
  const slices = Math.ceil(bytes / SLICE_BYTES);
  return Math.ceil((slices * SLICE_BYTES) / 2 ** Math.ceil(Math.log2(slices)));
}

/** What an operation takes in a batch beside its key and value, at most. */
const OPERATION_BYTES = 16;

/** What the batch will hold. Many short operations let it grow little by little by themselves: then 0. */
function roomFor(operations: readonly KvOperation[]): number {
  if (operations.length > SLICE_OPERATIONS) return 0;
  let bytes = 0;
  for (const operation of operations) {
    bytes += OPERATION_BYTES + Buffer.byteLength(operation.key);
    if (operation.type === 'put') bytes += bytesOf(operation.value);
  }
  return bytes;
}

/** Bytes above 0x7f take two as UTF-8. Counting 10 MB of them takes a millisecond; a batch that has too little room copies all that is in it. */
function bytesOf(value: KvValue): number {
  if (!(value instanceof LongValue)) return Buffer.byteLength(value);
  return value.pieces.reduce((sum, piece) => sum + Buffer.byteLength(piece), 0);
}

function isShort(operations: readonly KvOperation[]): boolean {
  if (operations.length > SLICE_OPERATIONS) return false;
  let bytes = 0;
  for (const operation of operations) {
    bytes += operation.key.length;
    if (operation.type !== 'put') continue;
    if (operation.value instanceof LongValue) return false;
    bytes += operation.value.length;
  }
  return bytes <= SLICE_BYTES;
}

/** One slice of what is not long; answers where the next one begins. */
function fillSlice(native: NativeBatch, operations: readonly KvOperation[], from: number): number {
  let bytes = 0;
  let position = from;
  for (; position - from < SLICE_OPERATIONS && bytes < SLICE_BYTES; position += 1) {
    const operation = operations[position];
    if (operation === undefined) break;
    const { type, key } = operation;
    if (type === 'put') {
      if (operation.value instanceof LongValue) break;
      native._put(nativeData(key), nativeData(operation.value));
      bytes += operation.value.length;
    } else {
      native._del(nativeData(key));
    }
    bytes += key.length;
  }
  return position;
}

function nativeOperation(operation: KvOperation): NativeOperation {
  const key = nativeData(operation.key);
  if (operation.type === 'del') return { type: 'del', key };
  const { value } = operation;
  return { type: 'put', key, value: value instanceof LongValue ? value.bytes() : nativeData(value) };
}
