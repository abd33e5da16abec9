import fc from 'fast-check';
import { PatternSet } from '../../../src/machine/auth/patterns';
import { byteString } from '../../../src/bytes/byteStrings';
import { startFairClock } from '../../support/fairClock';

/** As etcd does it: one pattern after the other. */
function covers(patterns: readonly string[], key: string): boolean {
  return patterns.some((pattern) => (pattern.endsWith('*') ? key.startsWith(pattern.slice(0, -1)) : key === pattern));
}

function coversAllBelow(patterns: readonly string[], key: string): boolean {
  return patterns.some((pattern) => pattern.endsWith('*') && key.startsWith(pattern.slice(0, -1)));
}

const text = (min: number): fc.Arbitrary<string> =>
  fc.array(fc.constantFrom('/', 'a', 'b', '*', 'é'), { minLength: min, maxLength: 6 }).map((parts) => parts.join(''));

it('many patterns answer as one after the other would', () => {
  fc.assert(
    fc.property(fc.array(text(1), { maxLength: 12 }), text(0), (patterns, key) => {
      const set = new PatternSet(patterns);
      const bytes = byteString(key);
      expect(set.covers(bytes)).toBe(covers(patterns, key));
      expect(set.coversAllBelow(bytes)).toBe(coversAllBelow(patterns, key));
    }),
    { numRuns: 2000 },
  );
});

it('a long key and many patterns that nearly fit take no time to speak of', () => {
  const patterns = Array.from({ length: 1000 }, (_, at) => `/${'a'.repeat(at * 4)}b*`);
  const set = new PatternSet(patterns);
  const key = `/${'a'.repeat(100_000)}`;
  const elapsedMs = startFairClock();
  for (let count = 0; count < 1000; count++) expect(set.covers(key)).toBe(false);
  expect(elapsedMs()).toBeLessThan(2000);
});
