import { memberJson, urlsJson } from '../../../../src/api/v2/members/memberJson';

test('a name beyond ASCII is written as UTF-8 bytes, and URLs are escaped as Go escapes them', () => {
  const member = { id: 'f', name: 'n\u00f6', peerURLs: ['http://a/?b&c'], clientURLs: [], learner: true };
  expect(memberJson(member)).toBe('{"id":"f","name":"n\xc3\xb6","peerURLs":["http://a/?b\\u0026c"],"clientURLs":[]}');
});

test('no URLs are an empty list', () => {
  expect(urlsJson([])).toBe('[]');
});
