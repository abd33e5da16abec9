import { parseRequestTarget } from '../../src/api/http/requestTarget';
import { answerTimeoutMs } from '../../src/proxy/answerTimes';

test.each([
  [true, '/v2/keys/a', 5_000],
  [true, '/v2/keys/a?recursive=true&quorum=true', 10_000],
  [false, '/v2/keys/a', 60_000],
  // Who has a lock is asked of a majority; who wants it waits.
  [true, '/mod/v2/lock/a/b?field=index', 10_000],
  [false, '/mod/v2/lock/a/b?ttl=5', undefined],
  [false, '/mod/v2/leader/a', undefined],
  [false, '/mod/v3/lock/a', 60_000],
  [true, '/v1/watch/a', undefined],
  [false, '/v1/watch/a', undefined],
  [true, '/v1/keys/watch', 5_000],
  // However it is spelled, members serve it, and a watch that is not known for one looks like a member that is silent.
  [true, 'http://proxy:2379/v1/watch/a', undefined],
  [true, '//v1/./watch/a', undefined],
  [true, '/%761/watch/a', undefined],
  [false, 'http://proxy:2379/mod/v2/lock/a?ttl=5', undefined],
  [true, 'http://proxy:2379/v2/keys/a?%71uorum=true', 10_000],
  [true, 'http://proxy:2379/v2/keys/v1/watch/a', 5_000],
])('read %j of %s: %j', (isRead, url, timeoutMs) => {
  const target = parseRequestTarget(url) ?? { path: '', query: '' };
  expect(answerTimeoutMs(isRead, target)).toBe(timeoutMs);
});
