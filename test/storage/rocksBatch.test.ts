/** How much the engine's binding is given in one turn of the event loop: it copies all of it, and all that is in a batch that grows. */
import { del, LongValue, put as putOf } from '../../src/storage/kv';
import { writeBatch } from '../../src/storage/rocksBatch';
import type { Callback, NativeBatch, NativeData, NativeDatabase } from '../../src/storage/rocksNative';

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
    const database = { batch: () => batch } as unknown as NativeDatabase;
    const value = new LongValue(['x'.repeat(size * MEBIBYTE - 100)]);
    await new Promise((resolve) => writeBatch(database, [putOf('a', value)], { sync: true }, resolve));
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
  const database = { batch: () => batch } as unknown as NativeDatabase;
  const value = new LongValue([character.repeat(length)]);
  const write = (keys: readonly string[]): Promise<void> =>
    new Promise((resolve, reject) => {
      const done: Callback = (error) => (error ? reject(error) : resolve());
      writeBatch(
        database,
        keys.map((key) => putOf(key, value)),
        { sync: true },
        done,
      );
    });
  await write(['a', 'b', 'c']);
  expect(batch.written).toEqual(['a', 'b', 'c'].map((key) => `${key}=${VALUE_BYTES}`));
  // Half of it, and two slices. Without room of its own the second would copy the first, or the third the two before it, and then come itself.
  expect(turns.most).toBeLessThanOrEqual((3 / 2) * VALUE_BYTES + 2 * MEBIBYTE);
  turns.startAgain();
  await write(['d', 'e']);
  turns.end();
  expect(turns.most).toBeLessThanOrEqual(VALUE_BYTES);
});

test.each(['put', 'del'] as const)(
  'operations with long keys and no values (%s) are handed over in slices',
  async (type) => {
    const turns = new Turns();
    const count = (key: NativeData): void => {
      turns.add(key.length);
    };
    const batch = {
      _put: count,
      _del: count,
      _clear: jest.fn(),
      _write: (_: object, done: Callback) => done(undefined),
    };
    const handedOver = (operations?: readonly { readonly key: NativeData }[]): unknown => {
      for (const { key } of operations ?? []) count(key);
      return batch;
    };
    const database = { batch: handedOver } as unknown as NativeDatabase;
    const operations = Array.from({ length: 256 }, (_, at) => {
      const key = 'k'.repeat(4096 * (at + 1));
      return type === 'put' ? putOf(key, '') : del(key);
    });
    const written = new Promise((resolve) => writeBatch(database, operations, { sync: true }, resolve));
    // What is short goes at once, and calls nobody here.
    await Promise.race([written, new Promise((resolve) => setTimeout(resolve, 100))]);
    turns.end();
    expect(turns.most).toBeLessThanOrEqual(3 * MEBIBYTE);
  },
);
