import { withoutTrailingSlashes } from '../../src/platform/trailingSlashes';

test.each([
  ['', ''],
  ['/', ''],
  ['//', ''],
  ['a', 'a'],
  ['/a/b', '/a/b'],
  ['/a//b///', '/a//b'],
])('%j becomes %j', (text, expected) => {
  expect(withoutTrailingSlashes(text)).toBe(expected);
});
