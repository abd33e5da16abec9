import { BadEscape, decodeFormText, decodePercent } from '../../../src/api/http/percent';

test.each([
  ['plain', 'plain'],
  ['a%20b', 'a b'],
  ['%C3%a9', '\xc3\xa9'],
  ['%2F%00%ff', '/\x00\xff'],
  ['a+b', 'a+b'],
  ['%25%32%35', '%25'],
])('decodePercent(%j)', (text, decoded) => {
  expect(decodePercent(text)).toBe(decoded);
});

test.each([
  ['%zz', '%zz'],
  ['a%2', '%2'],
  ['a%', '%'],
  ['%41%4x!', '%4x'],
  ['%-1a', '%-1'],
])('decodePercent(%j) is refused', (text, sequence) => {
  expect(decodePercent(text)).toEqual(new BadEscape(sequence));
});

test('a plus in a form is a space, an escaped one is a plus', () => {
  expect(decodeFormText('a+b%2Bc')).toBe('a b+c');
});

test.each(['%01', 'ab%ff', '%C3%a9', 'plain', '%25'])('a long text of %j is decoded as a short one', (text) => {
  const short = decodePercent(text);
  if (typeof short !== 'string') throw new Error('it is not text');
  expect(decodePercent(text.repeat(3000))).toBe(short.repeat(3000));
});

test.each(['%', '%1', '%zz', '%0g'])('what is wrong with a long text that ends with %j is named', (end) => {
  const wrong = decodePercent(`${'%41'.repeat(3000)}${end}`);
  expect(wrong).toEqual(decodePercent(end));
  expect(wrong).toHaveProperty('sequence', end);
});
