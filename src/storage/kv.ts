/**
 * What Cairn needs from an ordered key-value engine, and nothing more (design section 4): the seam at which the engine can
 * be changed. Keys are not empty and sort by their bytes; values may be empty.
 */

/** What is stored; text is stored as its UTF-8. */
export type KvData = Uint8Array | string;

/**
 * A long value in pieces, which are stored one behind the other: it is put together only where the engine takes it. Nothing of it may
 * change before the batch has resolved.
 */
export class LongValue {
  /** In bytes, as far as it is known: text may be longer as UTF-8. */
  readonly length: number;

  constructor(readonly pieces: readonly KvData[]) {
    this.length = pieces.reduce((sum, { length }) => sum + length, 0);
  }

  /** All of it at once. */
  bytes(): Buffer {
    return Buffer.concat(this.pieces.map((piece) => (typeof piece === 'string' ? Buffer.from(piece) : piece)));
  }
}

export type KvValue = KvData | LongValue;

export interface KvPut {
  readonly type: 'put';
  readonly key: KvData;
  readonly value: KvValue;
}

export interface KvDelete {
  readonly type: 'del';
  readonly key: KvData;
}

export type KvOperation = KvPut | KvDelete;

export function put(key: KvData, value: KvValue): KvPut {
  return { type: 'put', key, value };
}

export function del(key: KvData): KvDelete {
  return { type: 'del', key };
}

/** A key and its value. A tuple, because a million of them pass through a restart. */
export type KvPair = readonly [key: Uint8Array, value: Uint8Array];

/** As KvPair, for pairs that are UTF-8 text. */
export type KvTextPair = readonly [key: string, value: string];

/** From `gte` (included) to `lt` (excluded); neither is empty. */
export interface KvRange {
  readonly gte: Uint8Array;
  readonly lt: Uint8Array;
}

export interface ScanOptions {
  /** False: keys come back empty. Default true. */
  readonly keys?: boolean;
  /** False: values come back empty and are not read. Default true. */
  readonly values?: boolean;
}

export interface BatchOptions {
  /** Resolve only when the batch, and every batch before it, would survive a power cut. */
  readonly sync: boolean;
}

/**
 * Every method rejects with StorageError. The first error of kind io, full or corrupt latches: from then on every call
 * rejects with that same error, because an engine that goes on after a failed fsync has lost data without saying so.
 */
export interface Kv {
  /**
   * All of `operations` or none. Batches take effect in the order of the calls, also if they are not awaited; what survives
   * a crash is always a prefix of that order. The arrays must not be changed until it has resolved.
   */
  batch(operations: readonly KvOperation[], options: BatchOptions): Promise<void>;
  /** Undefined if there is no such key. */
  get(key: Uint8Array): Promise<Uint8Array | undefined>;
  /**
   * The pairs of a range in order, some hundreds at a time, as they were when the iteration began. Leave the loop early and
   * the view is released; close the storage and the iteration rejects with kind `closed`.
   */
  scan(range: KvRange, options?: ScanOptions): AsyncIterable<readonly KvPair[]>;
  /**
   * As `scan`, where all keys and values of the range are valid UTF-8: the engine then makes strings, which takes a third of
   * the time it takes for buffers.
   */
  scanText(range: KvRange, options?: ScanOptions): AsyncIterable<readonly KvTextPair[]>;
  /** Deletes a range in slices, not atomically and not synced, letting other batches pass in between. */
  clear(range: KvRange): Promise<void>;
  /** Waits for what is in flight, ends open scans, lets go of the files. May be called twice. */
  close(): Promise<void>;
}

/** How many keys one slice of `clear` deletes: about a millisecond of the engine's time. */
const CLEAR_SLICE_KEYS = 1000;

/** `clear` for any Kv that can scan and batch. */
export async function clearInSlices(kv: Pick<Kv, 'scan' | 'batch'>, range: KvRange): Promise<void> {
  let slice: KvDelete[] = [];
  for await (const pairs of kv.scan(range, { values: false })) {
    for (const [key] of pairs) {
      slice.push({ type: 'del', key });
      if (slice.length >= CLEAR_SLICE_KEYS) {
        await kv.batch(slice, { sync: false });
        slice = [];
      }
    }
  }
  if (slice.length > 0) await kv.batch(slice, { sync: false });
}
