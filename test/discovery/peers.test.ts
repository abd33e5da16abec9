import { JoinError } from '../../src/discovery/beginning';
import { peerUrlsOf } from '../../src/discovery/peers';

test.each([
  ['', []],
  ['10.0.1.1:7001', ['http://10.0.1.1:7001']],
  ['A:7001, [::1]:7001\nb:1\r\n', ['http://a:7001', 'http://[::1]:7001', 'http://b:1']],
  ['https://a:7001', ['https://a:7001']],
])('%j', (text, urls) => {
  expect(peerUrlsOf(text, 'http', '--peers')).toEqual(urls);
});

test('with a certificate of peers an address means https', () => {
  expect(peerUrlsOf('a:1,http://b:1', 'https', '--peers')).toEqual(['https://a:1', 'http://b:1']);
});

test.each(['a', 'a:x', 'a:1/x', 'ftp://a:1', 'user@a:1', 'a:0', 'a:72380', '10.0.0.300:1'])('%j is no peer', (text) => {
  expect(() => peerUrlsOf(text, 'http', '--peers-file F')).toThrow(JoinError);
});
