import { mapKey } from '../../../src/api/modules/mapKey';

test('a text stands for itself, and a long one is short and tells itself from others', () => {
  expect(mapKey('a')).toBe('a');
  const longest = 'a'.repeat(16_383);
  expect(mapKey(longest)).toBe(longest);
  const long = ['a'.repeat(16_384), `${'a'.repeat(16_383)}b`, 'a'.repeat(16_385), `${'a'.repeat(16_383)}\u0161`];
  expect(new Set(long.map(mapKey)).size).toBe(long.length);
  for (const text of long) expect(mapKey(text).length).toBeLessThan(100);
  expect(mapKey(long[0]!)).toBe(mapKey('a'.repeat(16_384)));
});
