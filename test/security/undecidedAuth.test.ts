/**
 * A member that was killed right after it acknowledged that auth is on, or a new password, starts with what it had before, until it hears from
 * the others; where it hears from nobody, for as long as that lasts. Meanwhile it must not go by that.
 */
import { addUser, basic, enableAuth } from '../api/auth/userWith';
import { ask, startUnderTest, type ApiUnderTest } from '../api/apiUnderTest';

let api: ApiUnderTest;

beforeEach(async () => {
  api = await startUnderTest();
});

afterEach(async () => {
  await api.server.close(100);
});

const REQUESTS: readonly (readonly [method: string, path: string, body: string | undefined])[] = [
  ['GET', '/v2/keys/a', undefined],
  ['GET', '/v2/keys/a?wait=true', undefined],
  ['PUT', '/v2/keys/a?value=1', undefined],
  ['GET', '/v1/keys/a', undefined],
  ['GET', '/mod/v2/lock/a', undefined],
  ['GET', '/v2/auth/users', undefined],
  ['PUT', '/v2/auth/users/root', '{"user":"root","password":"new"}'],
  ['DELETE', '/v2/auth/enable', undefined],
  ['DELETE', '/v2/members/1f', undefined],
];

const JSON_TYPE = { 'content-type': 'application/json' };

test.each(REQUESTS)('%s %s is refused until it is known who may', async (method, path, body) => {
  api.member.authUndecided = true;
  const answer = await ask(api.clientPort, method, path, body, body === undefined ? {} : JSON_TYPE);
  expect(answer.status).toBe(503);
  expect(answer.headers['retry-after']).toBe('1');
  expect(answer.body).toContain('it has not heard since whether they were');
  expect(api.member.commands).toEqual([]);
  expect(api.member.reads).toEqual([]);
  expect(api.member.watches).toEqual([]);
  expect(api.member.authChanges).toEqual([]);
});

test('that goes for the password of root too, which may be an old one', async () => {
  await enableAuth(api.member);
  await addUser(api.member, 'ann', 'annpw', { read: ['/*'] });
  api.member.authUndecided = true;
  for (const who of [basic('root', 'rootpw'), basic('ann', 'annpw')])
    expect((await ask(api.clientPort, 'GET', '/v2/keys/a', undefined, who)).status).toBe(503);
  api.member.authUndecided = false;
  expect((await ask(api.clientPort, 'GET', '/v2/keys/a', undefined, basic('ann', 'annpw'))).status).toBe(200);
});

test('what is open to everybody stays open', async () => {
  api.member.authUndecided = true;
  for (const path of ['/version', '/livez', '/v2/members', '/v2/stats/self'])
    expect([path, (await ask(api.clientPort, 'GET', path)).status]).toEqual([path, 200]);
});
