/**
 * What a member goes by before it knows what its cluster knows: one that joins has no users and no keys until it is sent the state, and one that
 * was stopped has those of then. The others would carry out what it lets in.
 */
import { addUser, basic, enableAuth, setGuest } from '../api/auth/userWith';
import { ask, startUnderTest, until, type ApiUnderTest } from '../api/apiUnderTest';
import { MemberError } from '../../src/member/types';

let api: ApiUnderTest;

beforeEach(async () => {
  api = await startUnderTest({ surface: 'all' });
});

afterEach(() => api.server.close(100));

const JSON_TYPE = { 'content-type': 'application/json' };

function send(method: string, path: string, body?: string, headers: Record<string, string> = {}) {
  return ask(api.clientPort, method, path, body, { ...(body === undefined ? {} : JSON_TYPE), ...headers });
}

const nothingWasDone = (): void => {
  expect([api.member.commands, api.member.authChanges, api.member.reads, api.member.watches]).toEqual([[], [], [], []]);
};

test.each([
  ['GET', '/v2/keys/a', undefined],
  ['GET', '/v2/keys/a?quorum=true', undefined],
  ['GET', '/v2/keys/a?wait=true', undefined],
  ['PUT', '/v2/keys/a?value=1', undefined],
  ['DELETE', '/v2/keys/a', undefined],
  ['GET', '/v1/keys/a', undefined],
  ['POST', '/v1/keys/a?value=1', undefined],
  ['GET', '/v1/watch/a', undefined],
  ['GET', '/mod/v2/lock/a', undefined],
  ['POST', '/mod/v2/lock/a?ttl=5', undefined],
  ['GET', '/v2/members', undefined],
  ['POST', '/v2/members', '{"peerURLs":["http://h:1"]}'],
  ['DELETE', '/v2/members/1f', undefined],
  ['GET', '/v2/machines', undefined],
  ['GET', '/v2/admin/machines', undefined],
  ['GET', '/v2/admin/machines/m1', undefined],
  ['GET', '/v2/admin/config', undefined],
  ['GET', '/v2/auth/enable', undefined],
  ['GET', `/${'0'.repeat(32)}`, undefined],
  ['GET', '/v2/auth/users', undefined],
  ['PUT', '/v2/auth/users/root', '{"user":"root","password":"new"}'],
  ['GET', '/v2/admin/snapshot', undefined],
])('%s %s waits for nothing at a member that has no state yet: others have it', async (method, path, body) => {
  [api.member.stateIsThere, api.member.upToDate] = [false, false];
  const { status, headers, body: said } = await send(method, path, body);
  expect([status, headers['retry-after']]).toEqual([503, '1']);
  expect(said).toContain('has not been sent the state of its cluster yet');
  nothingWasDone();
});

test('what says how the member is, is said all the same', async () => {
  api.member.stateIsThere = false;
  for (const path of ['/version', '/livez', '/v2/stats/self'])
    expect([path, (await send('GET', path)).status]).toEqual([path, 200]);
});

describe('a member that has not caught up since it was started', () => {
  let passed: () => void;

  beforeEach(() => {
    api.member.upToDate = false;
    api.member.onBarrier = () => new Promise((resolve) => (passed = resolve));
  });

  const WRITES: readonly (readonly [method: string, path: string, body: string | undefined])[] = [
    ['PUT', '/v2/keys/a?value=1', undefined],
    ['DELETE', '/v2/keys/a', undefined],
    ['POST', '/v1/keys/a?value=1', undefined],
    ['DELETE', '/mod/v2/lock/a?value=x', undefined],
    ['PUT', '/v2/auth/users/ann', '{"user":"ann","password":"new"}'],
    ['DELETE', '/v2/auth/enable', undefined],
    ['DELETE', '/v2/members/1f', undefined],
    ['PUT', '/v2/admin/config', '{"activeSize":5}'],
    // Any method makes a token there.
    ['GET', '/new?size=3', undefined],
  ];

  test.each(WRITES)('%s %s goes by the auth that the cluster has', async (method, path, body) => {
    const answer = send(method, path, body);
    await until(() => api.member.barriers === 1);
    nothingWasDone();
    // It is what the others had switched on meanwhile.
    await setGuest(api.member, [], []);
    await enableAuth(api.member);
    api.member.authChanges.length = 0;
    passed();
    expect((await answer).status).toBe(401);
    nothingWasDone();
  });

  test('a password that was changed meanwhile is no good', async () => {
    await setGuest(api.member, [], []);
    await enableAuth(api.member);
    await addUser(api.member, 'ann', 'old', { read: ['/*'], write: ['/*'] });
    const answer = send('PUT', '/v2/keys/a?value=1', undefined, basic('ann', 'old'));
    await until(() => api.member.barriers === 1);
    await api.member.proposeAuth({ type: 'deleteUser', user: 'ann' });
    passed();
    expect((await answer).status).toBe(401);
    expect(api.member.commands).toEqual([]);
  });

  test('once it has, nothing waits any more', async () => {
    const first = send('PUT', '/v2/keys/a?value=1');
    await until(() => api.member.barriers === 1);
    passed();
    expect((await first).status).toBe(201);
    expect((await send('PUT', '/v2/keys/a?value=2')).status).toBe(201);
    expect([api.member.barriers, api.member.commands.length]).toEqual([1, 2]);
  });

  test('without a leader a write is answered as it always was', async () => {
    api.member.onBarrier = () => Promise.reject(new MemberError('timeout', 'etcdserver: request timed out'));
    const { status, body } = await send('PUT', '/v2/keys/a?value=1');
    expect([status, JSON.parse(body)]).toMatchObject([500, { errorCode: 300, cause: 'etcdserver: request timed out' }]);
    expect((await send('DELETE', '/v2/members/1f')).body).toContain('request timed out');
    nothingWasDone();
  });

  test('reads, and what concerns the member alone, do not wait', async () => {
    expect((await send('GET', '/v2/keys/a')).status).toBe(200);
    expect((await send('GET', '/v2/auth/users')).status).toBe(200);
    expect((await send('PUT', '/config/local/log', '{"Level":"info"}')).status).toBe(204);
    expect(api.member.barriers).toBe(0);
  });
});
