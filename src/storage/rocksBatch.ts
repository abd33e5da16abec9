/** Hands one batch over to the engine. */
import { messageOf } from './errors';
import { Assembly } from './assembly';
import { Kept } from './kept';
import { LongValue, type BatchOptions, type KvOperation } from './kv';
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
    if (isShort(operations)) database.batch(operations.map(nativeOperation), options, done);
    else goOn(batchFor(database), 0);
  });

  /** The operations from `from` on, a slice in a turn; then all of them are written. */
  function goOn(native: NativeBatch, from: number): void {
    const operation = operations[from];
    if (operation === undefined) {
      write(native);
    } else if (operation.type === 'put' && operation.value instanceof LongValue) {
      const { key, value } = operation;
      assemble(value, (bytes) => {
        native._put(nativeData(key), bytes);
        setImmediate(guarded, () => goOn(native, from + 1));
      });
    } else {
      const next = fillSlice(native, operations, from);
      if (next < operations.length) setImmediate(guarded, () => goOn(native, next));
      else write(native);
    }
  }

  function write(native: NativeBatch): void {
    native._write(options, (error) => {
      if (!error) keep(database, native);
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

/** The long batch that was written last, of each database: it has grown already, and a batch that grows copies what is in it. */
const keptBatches = new WeakMap<NativeDatabase, Kept<NativeBatch>>();

function batchFor(database: NativeDatabase): NativeBatch {
  return keptBatches.get(database)?.take() ?? emptyBatch(database);
}

function keep(database: NativeDatabase, native: NativeBatch): void {
  native._clear();
  const kept = keptBatches.get(database) ?? new Kept<NativeBatch>();
  keptBatches.set(database, kept);
  kept.give(native);
}

function isShort(operations: readonly KvOperation[]): boolean {
  if (operations.length > SLICE_OPERATIONS) return false;
  let bytes = 0;
  for (const operation of operations) {
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
  }
  return position;
}

function nativeOperation(operation: KvOperation): NativeOperation {
  const key = nativeData(operation.key);
  if (operation.type === 'del') return { type: 'del', key };
  const { value } = operation;
  return { type: 'put', key, value: value instanceof LongValue ? value.bytes() : nativeData(value) };
}
