import { failureJson, failurePieces, hasLongCause } from '../../../../src/api/v2/keys/failure';
import { isMemberError, keyFailure, memberFailure } from '../../../../src/api/v2/keys/failure';
import { MemberError } from '../../../../src/member/types';
import { keyError } from '../../fakeMember';

test('the cause is escaped, and left out when empty', () => {
  expect(failureJson({ code: 101, cause: '["a" != <b>]', etcdIndex: 12 })).toBe(
    '{"errorCode":101,"message":"Compare failed","cause":"[\\"a\\" != \\u003cb\\u003e]","index":12}\n',
  );
  expect(failureJson(keyFailure(keyError(102, '')))).toBe('{"errorCode":102,"message":"Not a file","index":9}\n');
});

test('a long cause in pieces is the same text', () => {
  const failure = { code: 101, cause: `[${'"\xe9\xc3\xa9'.repeat(50_000)} != ]`, etcdIndex: 12 } as const;
  const pieces = [...failurePieces(failure)];
  expect(hasLongCause(failure)).toBe(true);
  expect(pieces.join('')).toBe(failureJson(failure));
  expect(Math.max(...pieces.map(({ length }) => length))).toBeLessThan(128 * 1024);
  expect(hasLongCause({ cause: '[a != b]' })).toBe(false);
});

test.each([
  ['timeout', 'etcdserver: request timed out'],
  ['noLeader', 'etcdserver: no leader'],
  ['leaderLost', 'etcdserver: request timed out, possibly due to previous leader failure'],
  ['tooManyRequests', 'etcdserver: too many requests'],
  ['tooLarge', 'etcdserver: request is too large'],
  ['stopped', 'etcdserver: server stopped'],
] as const)('%s', (reason, cause) => {
  expect(memberFailure(new MemberError(reason, 'words'))).toEqual({ code: 300, cause, etcdIndex: 0 });
});

test('a long command whose turn did not come may be tried again', () => {
  const failure = memberFailure(new MemberError('busy', 'words'));
  expect(failure).toMatchObject({ code: 300, httpStatus: 503, retryAfterSeconds: 1 });
});

test('only member errors are member errors', () => {
  expect(isMemberError(new MemberError('timeout', ''))).toBe(true);
  expect(isMemberError(new Error('timeout'))).toBe(false);
  expect(isMemberError('timeout')).toBe(false);
});
