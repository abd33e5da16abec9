/** Every row was seen on etcd 3.4.23. */
import { parsePeerUrls } from '../../../../src/api/v2/members/peerUrls';

test('a list may not be empty', () => {
  expect(parsePeerUrls([])).toEqual({ ok: false, message: 'no valid URLs given' });
});

test.each([
  ['http://a:1#f', 'http://a:1#f'],
  ['http://u:p@a:1', 'http://u:p@a:1'],
  ['HTTP://A:1', 'http://A:1'],
  ['http://a:99999', 'http://a:99999'],
  ['http://a:', 'http://a:'],
  ['http://:1', 'http://:1'],
  ['http://a:1?x=1', 'http://a:1?x=1'],
  ['http://a:1?', 'http://a:1?'],
  ['http://[::1]:1', 'http://[::1]:1'],
  ['http://[fe80::1%25en0]:1', 'http://[fe80::1%25en0]:1'],
  ['https://a:1', 'https://a:1'],
  ['unix://a:1', 'unix://a:1'],
  ['  http://a:1  ', 'http://a:1'],
  ['http://é:1', 'http://%C3%A9:1'],
  ['http://<a>:1', 'http://<a>:1'],
  ['http://\ud800a:1', 'http://%EF%BF%BDa:1'],
])('%j is taken', (text, url) => {
  expect(parsePeerUrls([text])).toEqual({ ok: true, urls: [url] });
});

test('a list comes back sorted, double entries stay', () => {
  const list = ['http://b:1', 'http://a:1', 'http://b:1'];
  expect(parsePeerUrls(list)).toEqual({ ok: true, urls: ['http://a:1', 'http://b:1', 'http://b:1'] });
});

test.each(['', 'ftp://a:1', 'a:1', 'b', '/x'])('%j has no scheme that is known', (url) => {
  expect(parsePeerUrls([url])).toEqual({
    ok: false,
    message: `URL scheme must be http, https, unix, or unixs: ${url}`,
  });
});

test.each(['http://a', 'http://::1:1', 'unix://a', 'http:', 'http:a:1', 'http://<a>', 'http://\ufffda'])(
  '%j has no host and port',
  (url) => {
    const message = `URL address does not have the form "host:port": ${url}`;
    expect(parsePeerUrls([url])).toEqual({ ok: false, message });
  },
);

test.each(['http://a:1/', 'http://a:1/x', 'http://a:99999/'])('%j has a path', (url) => {
  expect(parsePeerUrls([url])).toEqual({ ok: false, message: `URL must not contain a path: ${url}` });
});

test.each([
  ['127.0.0.1:1', 'parse "127.0.0.1:1": first path segment in URL cannot contain colon'],
  ['1http://a:1', 'parse "1http://a:1": first path segment in URL cannot contain colon'],
  ['é:1', 'parse "é:1": first path segment in URL cannot contain colon'],
  ['http://a:b', 'parse "http://a:b": invalid port ":b" after host'],
  ['http://[::1]:1x', 'parse "http://[::1]:1x": invalid port ":1x" after host'],
  ['http://a b:1', 'parse "http://a b:1": invalid character " " in host name'],
  ['http://[::1', 'parse "http://[::1": missing \']\' in host'],
  ['%zz', 'parse "%zz": invalid URL escape "%zz"'],
  ['http://a%zz:1', 'parse "http://a%zz:1": invalid URL escape "%zz"'],
  ['http://%41:1', 'parse "http://%41:1": invalid URL escape "%41"'],
  ['http://a:1/%zz', 'parse "http://a:1/%zz": invalid URL escape "%zz"'],
  ['http://a:1\x01', 'parse "http://a:1\\x01": net/url: invalid control character in URL'],
  ['://a', 'parse "://a": missing protocol scheme'],
])('%j is no URL', (text, message) => {
  expect(parsePeerUrls([text])).toEqual({ ok: false, message });
});

test('the first bad URL decides', () => {
  const message = 'URL scheme must be http, https, unix, or unixs: ftp://b:1';
  expect(parsePeerUrls(['http://a:1', 'ftp://b:1', 'http://c'])).toEqual({ ok: false, message });
});

test('what a member cannot keep is refused at once', () => {
  const many = Array.from({ length: 129 }, (_, number) => `http://a:${number + 1}`);
  expect(parsePeerUrls(many)).toEqual({ ok: false, message: 'a member has at most 128 peer URLs' });
  expect(parsePeerUrls([`http://${'a'.repeat(5000)}:1`])).toEqual({
    ok: false,
    message: 'a peer URL has at most 4096 bytes',
  });
});
