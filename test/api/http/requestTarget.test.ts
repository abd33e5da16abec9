import { cleanPath, parseRequestTarget } from '../../../src/api/http/requestTarget';

test.each([
  ['/v2/keys/foo', '/v2/keys/foo', ''],
  ['/v2/keys/foo/?a=b?c', '/v2/keys/foo/', 'a=b?c'],
  ['/v2/keys/a%2Fb%3Fc', '/v2/keys/a/b?c', ''],
  ['/v2/keys//a', '/v2/keys/a', ''],
  ['/v2/keys/a/./b/../c', '/v2/keys/a/c', ''],
  ['/v2/keys/%2e%2e/machines', '/v2/machines', ''],
  ['//token/name', '/token/name', ''],
  ['/../..', '/', ''],
  ['/v2/keys/.hidden', '/v2/keys/.hidden', ''],
  ['/a//', '/a/', ''],
  ['/a+b', '/a+b', ''],
  ['/a#b', '/a#b', ''],
  ['/a?x=%zz', '/a', 'x=%zz'],
  ['http://host:4001/v2/keys?x', '/v2/keys', 'x'],
  ['HTTPS://host', '/', ''],
  ['ftp://host/a', '/a', ''],
  ['http://host?q=1', '/', 'q=1'],
])('parseRequestTarget(%j)', (url, path, query) => {
  expect(parseRequestTarget(url)).toEqual({ path, query });
});

test.each(['', '?a', '*', 'v2/keys', 'mailto:a', '/a%zz', '/a%2'])('parseRequestTarget(%j) is refused', (url) => {
  expect(parseRequestTarget(url)).toBeUndefined();
});

test('cleaning twice changes nothing more', () => {
  for (const path of ['/a//b/', '/./', '/a/../../b', '/...//..a'])
    expect(cleanPath(cleanPath(path))).toBe(cleanPath(path));
});
