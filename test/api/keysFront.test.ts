import { keyOf } from '../../src/api/keysFront';

test.each([
  ['/v2/keys', '/'],
  ['/v2/keys/', '/'],
  ['/v2/keys/a', '/a'],
  ['/v2/keys/a/', '/a'],
  ['/v2/keys/a/b c', '/a/b c'],
  ['/v2/keys/\xff', '/\xff'],
  ['/v2/keysx', undefined],
  ['/v2/keysx/', undefined],
  ['/v2/key', undefined],
  ['/v2/members', undefined],
  ['/', undefined],
])('keyOf(%j)', (path, key) => {
  expect(keyOf(path)).toBe(key);
});
