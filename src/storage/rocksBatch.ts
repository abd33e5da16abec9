/** Hands one batch over to the engine. */
import { messageOf } from './errors';
import type { BatchOptions, KvOperation } from './kv';
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
 * Batches of more operations or bytes are handed over in slices: with a million operations that takes more than a second, and
 * the loop with it. The batch is one all the same.
 */
const SLICE_OPERATIONS = 2000;
const SLICE_BYTES = 4 * MEBIBYTE;

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
    if (operations.length <= SLICE_OPERATIONS) database.batch(operations.map(nativeOperation), options, done);
    else fill(emptyBatch(database), 0);
  });

  /** The operations from `from` on, a slice in a turn; then all of them are written. */
  function fill(native: NativeBatch, from: number): void {
    const next = fillSlice(native, operations, from);
    if (next < operations.length) setImmediate(guarded, () => fill(native, next));
    else native.write(options, done);
  }
}

/** One slice; answers where the next one begins. */
function fillSlice(native: NativeBatch, operations: readonly KvOperation[], from: number): number {
  let bytes = 0;
  let position = from;
  for (; position - from < SLICE_OPERATIONS && bytes < SLICE_BYTES; position += 1) {
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
  return position;
}

function nativeOperation(operation: KvOperation): NativeOperation {
  const key = nativeData(operation.key);
  return operation.type === 'put' ? { type: 'put', key, value: nativeData(operation.value) } : { type: 'del', key };
}
