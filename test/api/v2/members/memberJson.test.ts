import { memberJson, urlsJson } from '../../../../src/api/v2/members/memberJson';

test('a name beyond ASCII is written as UTF-8 bytes, and URLs are escaped as Go escapes them', () => {
  const member = { id: 'f', name: 'n\u00f6', peerURLs: ['http://a/?b&c'], clientURLs: [], learner: false };
  expect(memberJson(member)).toBe('{"id":"f","name":"n\xc3\xb6","peerURLs":["http://a/?b\\u0026c"],"clientURLs":[]}');
});

test('no URLs are an empty list', () => {
  expect(urlsJson([])).toBe('[]');
});

test('a learner is marked, a voter is not', () => {
  const member = { id: 'f', name: 'm', peerURLs: [], clientURLs: [] };
  expect(memberJson({ ...member, learner: true })).toBe(
    '{"id":"f","name":"m","peerURLs":[],"clientURLs":[],"isLearner":true}',
  );
  expect(memberJson({ ...member, learner: false })).not.toContain('isLearner');
});
