import { parseIndex, parseTtl } from '../../../src/api/v1/parameters';

test.each([
  ['5', 5],
  ['+5', 5],
  ['-5', -5],
  ['007', 7],
  ['9223372036854775807', Number(2n ** 63n - 1n)],
  ['-9223372036854775808', -Number(2n ** 63n)],
  ['9223372036854775808', undefined],
  ['-9223372036854775809', undefined],
  ['1e3', undefined],
  ['0x10', undefined],
  [' 1', undefined],
  ['1.0', undefined],
  ['', undefined],
  ['٣', undefined],
  [`${'0'.repeat(100_000)}5`, 5],
  ['9'.repeat(100_000), undefined],
])('a TTL of %.25s', (text, ttl) => {
  expect(parseTtl(text)).toBe(ttl);
});

test.each([
  ['0', 0],
  ['12', 12],
  ['18446744073709551615', Number.MAX_SAFE_INTEGER],
  ['18446744073709551616', undefined],
  ['-1', undefined],
  ['+1', undefined],
  ['', undefined],
])('an index of %s', (text, index) => {
  expect(parseIndex(text)).toBe(index);
});

test('a long text that is no number takes the time of its length', () => {
  const text = `${'0'.repeat(1_000_000)}x`;
  const before = process.cpuUsage();
  expect([parseTtl(text), parseTtl(`-${text}`), parseIndex(text)]).toEqual([undefined, undefined, undefined]);
  expect(process.cpuUsage(before).user / 1000).toBeLessThan(750);
});

test.each(['\x01', '"', '9', 'x'])(
  'as many bytes of %j as a request may have are refused before they are quoted',
  (byte) => {
    const text = byte.repeat(10 * 1024 * 1024);
    const before = process.cpuUsage();
    expect(parseTtl(text)).toBeUndefined();
    expect(process.cpuUsage(before).user / 1000).toBeLessThan(150);
  },
);
