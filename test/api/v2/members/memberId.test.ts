import { parseMemberId } from '../../../../src/api/v2/members/memberId';

test.each([
  ['1f', '1f'],
  ['0001F', '1f'],
  ['00000000000000000012', '12'],
  ['0', '0'],
  ['000', '0'],
  ['ffffffffffffffff', 'ffffffffffffffff'],
])('%s is the id %s', (text, id) => {
  expect(parseMemberId(text)).toBe(id);
});

test.each(['', '0x12', '-1', '+1', '1_2', ' 1', '1/', 'leader', '12345678901234567'])('%s is no id', (text) => {
  expect(parseMemberId(text)).toBeUndefined();
});
