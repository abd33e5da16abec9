/** How much the engine's binding is given in one turn of the event loop: it copies all of it, and all that is in a batch that grows. */
import { del, LongValue, put as putOf, type KvOperation } from '../../src/storage/kv';
import { writeBatch } from '../../src/storage/rocksBatch';
import type { Callback, NativeBatch, NativeData, NativeDatabase, NativeOperation } from '../../src/storage/rocksNative';

const MEBIBYTE = 1024 * 1024;
const VALUE_BYTES = 10 * MEBIBYTE;

/** Copies as the engine does: a value that does not fit makes the batch twice as large, or as large as it takes. */
class CopyingBatch implements NativeBatch {
  readonly written: string[] = [];
  private readonly pairs: string[] = [];
  capacity = 0;
  private length = 0;

  constructor(private readonly copied: (bytes: number) => void) {}

  _put(key: NativeData, value: NativeData): void {
    const needed = this.length + value.length;
    if (needed > this.capacity) {
      this.copied(this.length);
      this.capacity = Math.max(2 * this.capacity, needed);
    }
    this.copied(value.length);
    this.length = needed;
    this.pairs.push(`${String(key)}=${value.length}`);
  }

  _del(): void {
    throw new Error('nothing is deleted');
  }

  _clear(): void {
    this.length = 0;
    this.pairs.length = 0;
  }

  _write(_options: object, callback: Callback): void {
    this.written.push(...this.pairs);
    setImmediate(() => callback(undefined));
  }
}

/** Adds up what happens in each turn of the event loop, until it is over. */
class Turns {
  private counts = [0];
  private isOver = false;

  constructor() {
    setImmediate(this.next);
  }

  get most(): number {
    return Math.max(...this.counts);
  }

  add(bytes: number): void {
    this.counts[this.counts.length - 1]! += bytes;
  }

  startAgain(): void {
    this.counts = [0];
  }

  end(): void {
    this.isOver = true;
  }

  private readonly next = (): void => {
    this.counts.push(0);
    if (!this.isOver) setImmediate(this.next);
  };
}

/** Rejects with the engine's error. */
function written(database: unknown, operations: readonly KvOperation[]): Promise<void> {
  return new Promise((resolve, reject) => {
    const done: Callback = (error) => (error ? reject(error) : resolve());
    writeBatch(database as NativeDatabase, operations, { sync: true }, done);
  });
}

test.each([9, 10, 16, 17, 20, 31])(
  'to grow for %i MiB a batch copies half of that at once, and takes no more',
  async (size) => {
    let largest = 0;
    const capacities: number[] = [];
    const batch = new CopyingBatch((bytes) => {
      largest = Math.max(largest, bytes);
    });
    const put = batch._put.bind(batch);
    batch._put = (key, value) => {
      if (key !== 'padding') return;
      put(key, value);
      capacities.push(batch.capacity);
    };
    const value = new LongValue(['x'.repeat(size * MEBIBYTE - 100)]);
    await written({ batch: () => batch }, [putOf('a', value)]);
    expect(largest).toBeLessThanOrEqual((size / 2) * MEBIBYTE + 100);
    expect(capacities.at(-1)).toBeGreaterThanOrEqual(size * MEBIBYTE);
    expect(capacities.at(-1)).toBeLessThanOrEqual(size * MEBIBYTE + 100);
  },
);

test.each([
  ['ASCII', 'x', 1],
  ['bytes above 0x7f, which take two each', '\xe9', 2],
])('a batch of long values (%s) has grown before they are put into it', async (_, character, storedBytes) => {
  const length = VALUE_BYTES / storedBytes;
  const turns = new Turns();
  const batch = new CopyingBatch((bytes) => {
    turns.add(bytes);
  });
  const database = { batch: () => batch };
  const value = new LongValue([character.repeat(length)]);
  const write = (keys: readonly string[]): Promise<void> =>
    written(
      database,
      keys.map((key) => putOf(key, value)),
    );
  const pairs = (keys: readonly string[]): readonly string[] => keys.map((key) => `${key}=${VALUE_BYTES}`);
  await write(['a', 'b', 'c']);
  expect(batch.written).toEqual(pairs(['a', 'b', 'c']));
  // Half of it, and two slices. Without room of its own the second would copy the first, or the third the two before it, and then come itself.
  expect(turns.most).toBeLessThanOrEqual((3 / 2) * VALUE_BYTES + 2 * MEBIBYTE);
  turns.startAgain();
  await write(['d', 'e']);
  turns.end();
  expect(batch.written).toEqual(pairs(['a', 'b', 'c', 'd', 'e']));
  expect(turns.most).toBeLessThanOrEqual(VALUE_BYTES);
});

test.each(['put', 'del'] as const)(
  'operations with long keys and no values (%s) are handed over in slices',
  async (type) => {
    const turns = new Turns();
    let handedOver: string[] = [];
    let inBatch: readonly string[] = [];
    const count = (kind: 'put' | 'del', key: NativeData): void => {
      turns.add(key.length);
      handedOver.push(`${kind} ${key.length}`);
    };
    const batch = {
      _put: (key: NativeData) => count('put', key),
      _del: (key: NativeData) => count('del', key),
      _clear: () => (handedOver = []),
      _write: (_: object, done: Callback) => {
        inBatch = handedOver;
        done(undefined);
      },
    };
    // Without operations it is a batch to be filled; with them that is all.
    const whole = (operations?: readonly NativeOperation[], _options?: object, done?: Callback): unknown => {
      for (const { type: kind, key } of operations ?? []) count(kind, key);
      if (done !== undefined) batch._write({}, done);
      return batch;
    };
    const lengths = Array.from({ length: 256 }, (_, at) => 4096 * (at + 1));
    await written(
      { batch: whole },
      lengths.map((length) => (type === 'put' ? putOf('k'.repeat(length), '') : del('k'.repeat(length)))),
    );
    turns.end();
    expect(inBatch).toEqual(lengths.map((length) => `${type} ${length}`));
    expect(turns.most).toBeLessThanOrEqual(3 * MEBIBYTE);
  },
);
