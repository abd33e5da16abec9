import { parseGoInteger } from '../../../src/api/http/goInteger';

test.each([
  ['3', 3n],
  ['+3', 3n],
  ['-1', -1n],
  ['0', 0n],
  ['-0', 0n],
  ['007', 7n],
  ['0'.repeat(1000), 0n],
  ['9223372036854775807', 2n ** 63n - 1n],
  ['-9223372036854775808', -(2n ** 63n)],
])('%s is a number', (text, value) => {
  expect(parseGoInteger(text)).toEqual({ ok: true, value });
});

test.each([
  ['abc', '"abc"', 'invalid syntax'],
  ['', '""', 'invalid syntax'],
  ['+', '"+"', 'invalid syntax'],
  ['1_000', '"1_000"', 'invalid syntax'],
  ['0x10', '"0x10"', 'invalid syntax'],
  [' 3', '" 3"', 'invalid syntax'],
  ['3\n', '"3\\n"', 'invalid syntax'],
  ['"', '"\\""', 'invalid syntax'],
  ['9223372036854775808', '"9223372036854775808"', 'value out of range'],
  ['-9223372036854775809', '"-9223372036854775809"', 'value out of range'],
  ['9'.repeat(1000), `"${'9'.repeat(1000)}"`, 'value out of range'],
])('%j is none', (text, quoted, what) => {
  const read = parseGoInteger(text);
  expect(!read.ok && read.complaint()).toBe(`strconv.Atoi: parsing ${quoted}: ${what}`);
});
