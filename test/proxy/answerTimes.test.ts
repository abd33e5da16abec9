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
])('read %j of %s: %j', (isRead, url, timeoutMs) => {
  expect(answerTimeoutMs(isRead, url)).toBe(timeoutMs);
});
