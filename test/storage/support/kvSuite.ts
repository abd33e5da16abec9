/** The promises of Kv, run against every adapter. */
import type { StorageError } from '../../../src/storage/errors';
import { LongValue, type Kv, type KvOperation, type KvRange } from '../../../src/storage/kv';

export interface KvHarness {
  /** Opens the same storage again and again; one at a time. */
  open(onFailure?: (error: StorageError) => void): Promise<Kv>;
  dispose(): Promise<void>;
}

const EVERYTHING: KvRange = { gte: Buffer.from([0]), lt: Buffer.from([0xff, 0xff]) };

export function put(key: string, value: string | Uint8Array): KvOperation {
  const bytes = typeof value === 'string' ? Buffer.from(value) : value;
  return { type: 'put', key: Buffer.from(key, 'latin1'), value: bytes };
}

export function del(key: string): KvOperation {
  return { type: 'del', key: Buffer.from(key, 'latin1') };
}

/** The pairs of a range as `key=value`, bytes as latin1. */
export async function listed(kv: Kv, range: KvRange = EVERYTHING): Promise<string[]> {
  const result: string[] = [];
  for await (const pairs of kv.scan(range)) {
    for (const [key, value] of pairs) result.push(`${latin1(key)}=${latin1(value)}`);
  }
  return result;
}

function latin1(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('latin1');
}

function range(gte: string, lt: string): KvRange {
  return { gte: Buffer.from(gte, 'latin1'), lt: Buffer.from(lt, 'latin1') };
}

function numbered(count: number): KvOperation[] {
  return Array.from({ length: count }, (_, at) => put(`k${String(at).padStart(6, '0')}`, String(at)));
}

export function kvSuite(name: string, makeHarness: () => Promise<KvHarness>): void {
  describe(`Kv: ${name}`, () => {
    let harness: KvHarness;
    let kv: Kv;
    let failures: StorageError[];

    beforeEach(async () => {
      failures = [];
      harness = await makeHarness();
      kv = await harness.open((error) => failures.push(error));
    });

    afterEach(async () => {
      await kv.close();
      await harness.dispose();
    });

    test('a put is read back, a missing key is undefined, a deleted one too', async () => {
      await kv.batch([put('a', '1'), put('b', '2')], { sync: true });
      expect(await kv.get(Buffer.from('a'))).toEqual(Buffer.from('1'));
      expect(await kv.get(Buffer.from('c'))).toBeUndefined();
      await kv.batch([del('a'), del('never there')], { sync: false });
      expect(await kv.get(Buffer.from('a'))).toBeUndefined();
    });

    test('keys come in the order of their bytes, not of their characters', async () => {
      const keys = ['\x00', '\x01\xff', '\x02', 'a', 'a\x00', 'aa', 'b', '\x7f', '\x80', '\xc3', '\xff'];
      await kv.batch(
        [...keys].reverse().map((key) => put(key, 'v')),
        { sync: false },
      );
      expect(await listed(kv)).toEqual(keys.map((key) => `${key}=v`));
    });

    test('a range includes its begin and excludes its end', async () => {
      await kv.batch([put('a', '1'), put('b', '2'), put('b\x00', '3'), put('c', '4'), put('d', '5')], { sync: false });
      expect(await listed(kv, range('b', 'd'))).toEqual(['b=2', 'b\x00=3', 'c=4']);
      expect(await listed(kv, range('b', 'b'))).toEqual([]);
      expect(await listed(kv, range('x', 'z'))).toEqual([]);
    });

    test('in one batch the last operation on a key wins', async () => {
      await kv.batch([put('a', '1'), put('a', '2'), put('b', '1'), del('b'), del('c'), put('c', '3')], { sync: false });
      expect(await listed(kv)).toEqual(['a=2', 'c=3']);
    });

    test('batches that are not awaited take effect in the order of the calls', async () => {
      const writes = Array.from({ length: 200 }, (_, at) => kv.batch([put('k', String(at))], { sync: at % 50 === 0 }));
      await Promise.all(writes);
      expect(await listed(kv)).toEqual(['k=199']);
    });

    test('an empty batch, an empty value', async () => {
      await kv.batch([], { sync: true });
      await kv.batch([put('a', '')], { sync: false });
      expect(await kv.get(Buffer.from('a'))).toEqual(Buffer.alloc(0));
      expect(await listed(kv)).toEqual(['a=']);
    });

    test('plain Uint8Arrays, also views into the middle of a larger one, are taken as bytes', async () => {
      const large = Uint8Array.from([1, 2, 3, 4, 5, 200, 201]);
      await kv.batch([{ type: 'put', key: large.subarray(1, 3), value: large.subarray(4) }], { sync: true });
      expect(await kv.get(Uint8Array.from([2, 3]))).toEqual(Buffer.from([5, 200, 201]));
      expect(await listed(kv, { gte: large.subarray(1, 2), lt: large.subarray(2, 3) })).toEqual([
        '\x02\x03=\x05\xc8\xc9',
      ]);
    });

    test('a value of several megabytes', async () => {
      const big = Buffer.alloc(5_000_000, 'abcdefghijk');
      await kv.batch([put('big', big), put('next', 'x')], { sync: true });
      expect((await kv.get(Buffer.from('big')))?.length).toBe(big.length);
      const found = await listed(kv);
      expect(found[0] === `big=${big.toString('latin1')}`).toBe(true);
      expect(found[1]).toBe('next=x');
    });

    test('a long value in pieces is stored as one, beside other operations of the batch', async () => {
      const [text, wide, bytes] = ['x'.repeat(1_500_000), '\xe9\x7f'.repeat(400_000), Buffer.alloc(700_000, 0xfe)];
      const long = (key: string): KvOperation => ({
        type: 'put',
        key: Buffer.from(key),
        value: new LongValue([wide, 'head', bytes, '', text]),
      });
      await kv.batch([put('a', '1'), long('b'), put('c', '3'), del('a'), long('d'), put('d', '4')], { sync: true });
      const expected = Buffer.concat([Buffer.from(wide), Buffer.from('head'), bytes, Buffer.from(text)]);
      expect(Buffer.from((await kv.get(Buffer.from('b'))) ?? []).equals(expected)).toBe(true);
      expect(await listed(kv, range('c', 'z'))).toEqual(['c=3', 'd=4']);
      expect(await kv.get(Buffer.from('a'))).toBeUndefined();
      // What was in the batch before is not in the next.
      await kv.batch([del('b'), del('c')], { sync: false });
      await kv.batch([long('e'), put('f', '5')], { sync: true });
      expect(await listed(kv, range('a', 'e'))).toEqual(['d=4']);
      expect(Buffer.from((await kv.get(Buffer.from('e'))) ?? []).equals(expected)).toBe(true);
      expect(await listed(kv, range('f', 'z'))).toEqual(['f=5']);
    });

    test('text is stored as UTF-8, and scanText gives it back', async () => {
      const key = 'caf\u00e9/\u00ff/\u0001';
      const value = '\u0000\u00ff\u0080 and so on';
      await kv.batch([{ type: 'put', key, value }], { sync: false });
      const found: (readonly [string, string])[] = [];
      for await (const pairs of kv.scanText(EVERYTHING)) found.push(...pairs);
      expect(found).toEqual([[key, value]]);
      expect(await kv.get(Buffer.from(key))).toEqual(Buffer.from(value));
      await kv.batch([{ type: 'del', key }], { sync: false });
      expect(await kv.get(Buffer.from(key))).toBeUndefined();
    });

    test('scanning without values', async () => {
      await kv.batch([put('a', '1'), put('b', '2')], { sync: false });
      const keys: string[] = [];
      for await (const pairs of kv.scan(EVERYTHING, { values: false })) {
        for (const [key, value] of pairs) keys.push(`${latin1(key)}:${value.length}`);
      }
      expect(keys).toEqual(['a:0', 'b:0']);
    });

    test('scanning without keys', async () => {
      await kv.batch([put('a', '1'), put('b', '2')], { sync: false });
      const values: string[] = [];
      for await (const pairs of kv.scan(EVERYTHING, { keys: false })) {
        for (const [key, value] of pairs) values.push(`${key.length}:${latin1(value)}`);
      }
      expect(values).toEqual(['0:1', '0:2']);
    });

    test('a scan is a consistent view while others write', async () => {
      await kv.batch(numbered(5000), { sync: false });
      const seen: string[] = [];
      let pages = 0;
      for await (const pairs of kv.scan(EVERYTHING)) {
        pages += 1;
        seen.push(...pairs.map(([, value]) => latin1(value)));
        await kv.batch(
          [
            del(`k${String(4999 - pages).padStart(6, '0')}`),
            put(`k${String(pages)}x`, 'new'),
            put('k004000', 'changed'),
          ],
          {
            sync: false,
          },
        );
      }
      expect(pages).toBeGreaterThan(3);
      expect(seen).toEqual(Array.from({ length: 5000 }, (_, at) => String(at)));
      expect(await kv.get(Buffer.from('k004000'))).toEqual(Buffer.from('changed'));
    });

    test('a scan may be left early, and two may run at once', async () => {
      await kv.batch(numbered(3000), { sync: false });
      let first = '';
      for await (const pairs of kv.scan(EVERYTHING)) {
        first = latin1(pairs[0]?.[0] ?? Buffer.alloc(0));
        expect((await listed(kv)).length).toBe(3000);
        break;
      }
      expect(first).toBe('k000000');
    });

    test('clear deletes exactly the range, more than one slice of it', async () => {
      await kv.batch([put('j', '1'), ...numbered(2500), put('l', '2')], { sync: false });
      await kv.clear(range('k', 'l'));
      expect(await listed(kv)).toEqual(['j=1', 'l=2']);
      await kv.clear(range('k', 'l'));
    });

    test('what was written is there after closing and opening again', async () => {
      await kv.batch([put('a', '1')], { sync: true });
      await kv.batch([put('b', '2')], { sync: false });
      await kv.close();
      kv = await harness.open();
      expect(await listed(kv)).toEqual(['a=1', 'b=2']);
    });

    test('after close everything rejects with kind closed, and closing again is fine', async () => {
      const scan = kv.scan(EVERYTHING);
      await Promise.all([kv.close(), kv.close()]);
      await kv.close();
      const closed = { name: 'StorageError', kind: 'closed' };
      await expect(kv.batch([put('a', '1')], { sync: false })).rejects.toMatchObject(closed);
      await expect(kv.get(Buffer.from('a'))).rejects.toMatchObject(closed);
      await expect(kv.clear(EVERYTHING)).rejects.toMatchObject(closed);
      await expect(listedFrom(scan)).rejects.toMatchObject(closed);
      expect(failures).toEqual([]);
    });

    test('close waits for what is in flight', async () => {
      const settled: string[] = [];
      const writes = Array.from({ length: 20 }, (_, at) =>
        kv.batch([put(`k${at}`, 'v')], { sync: at === 10 }).then(() => settled.push('write')),
      );
      const read = kv.get(Buffer.from('k')).then(() => settled.push('read'));
      await kv.close();
      expect(settled.length).toBe(21);
      await Promise.all([...writes, read]);
      kv = await harness.open();
      expect((await listed(kv)).length).toBe(20);
    });

    test('close ends an open scan, whose reader is told', async () => {
      await kv.batch(numbered(5000), { sync: false });
      const pages = kv.scan(EVERYTHING)[Symbol.asyncIterator]();
      await pages.next();
      const pending = pages.next().catch((error: unknown) => error);
      await kv.close();
      await pending;
      await expect(pages.next()).rejects.toMatchObject({ kind: 'closed' });
      kv = await harness.open();
      expect((await listed(kv)).length).toBe(5000);
    });
  });
}

async function listedFrom(pages: AsyncIterable<readonly unknown[]>): Promise<number> {
  let count = 0;
  for await (const page of pages) count += page.length;
  return count;
}
