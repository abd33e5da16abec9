import fc from 'fast-check';
import {
  ADVERTISED_KEY,
  FORCED_KEY,
  FOUNDATION_KEY,
  generationOfKey,
  generationPrefix,
  generationRange,
  indexOfLogKey,
  isSyncedKey,
  LAST_GENERATION,
  LOG_START_KEY,
  REGISTRATION_KEY,
  RETURN_KEY,
  logKey,
  laterGenerationsRange,
  rowKeyOf,
  tableOfStateKey,
  rowKey,
  RUN_KEY,
  WITNESS_KEY,
} from '../../src/storage/layout';

const byteString = fc.uint8Array({ maxLength: 20 }).map((bytes) => Buffer.from(bytes).toString('latin1'));
const generation = fc.integer({ min: 1, max: LAST_GENERATION });

test('log keys sort as their indexes do, and can be read back', () => {
  fc.assert(
    fc.property(fc.maxSafeNat(), fc.maxSafeNat(), (a, b) => {
      expect(Math.sign(Buffer.compare(logKey(a), logKey(b)))).toBe(Math.sign(a - b));
      expect(indexOfLogKey(logKey(a))).toBe(a);
    }),
  );
});

test('a key of the wrong length is no log key', () => {
  expect(() => indexOfLogKey(Buffer.from('l1'))).toThrow(expect.objectContaining({ kind: 'corrupt' }));
});

test('stored row keys sort as the bytes of the rows’ keys do, and survive the way through UTF-8', () => {
  fc.assert(
    fc.property(byteString, byteString, generation, (a, b, at) => {
      const stored = [a, b].map((key) => Buffer.from(rowKey(generationPrefix(at), 'node', key)));
      const compared = Buffer.compare(Buffer.from(a, 'latin1'), Buffer.from(b, 'latin1'));
      expect(Buffer.compare(stored[0]!, stored[1]!)).toBe(compared);
      const text = stored[0]!.toString('utf8');
      expect([tableOfStateKey(text), rowKeyOf(text)]).toEqual(['node', a]);
    }),
  );
});

test('a generation’s range holds its rows and no others', () => {
  fc.assert(
    fc.property(generation, generation, byteString, (mine, other, key) => {
      const stored = Buffer.from(rowKey(generationPrefix(other), 'meta', key));
      const within = (range: { gte: Uint8Array; lt: Uint8Array }): boolean =>
        Buffer.compare(range.gte, stored) <= 0 && Buffer.compare(stored, range.lt) < 0;
      expect(within(generationRange(mine))).toBe(mine === other);
      expect(within(laterGenerationsRange(mine))).toBe(other > mine);
      expect(generationOfKey(stored)).toBe(other);
    }),
  );
});

test('what is always synced cannot be in a torn tail: notes and entries, but not what compaction moves', () => {
  const notes = [ADVERTISED_KEY, WITNESS_KEY, FORCED_KEY, REGISTRATION_KEY, RETURN_KEY];
  const always = [...notes, FOUNDATION_KEY, RUN_KEY, logKey(7)];
  for (const key of always) expect([key, isSyncedKey(key)]).toEqual([key, true]);
  expect(isSyncedKey(LOG_START_KEY)).toBe(false);
  expect(isSyncedKey(Buffer.from(rowKey(generationPrefix(1), 'node', '/a')))).toBe(false);
});
