/** Users are shown with the whole of their roles: that must neither hold up the event loop nor fill the memory. */
import { addUser, done } from '../api/auth/userWith';
import { ask, startUnderTest, type ApiUnderTest } from '../api/apiUnderTest';
import { startFairClock } from '../support/fairClock';

let api: ApiUnderTest;

beforeEach(async () => {
  api = await startUnderTest();
  const read = Array.from({ length: 240 }, (_, each) => `/${String(each)}${'x'.repeat(3900)}`);
  await done(api.member, { type: 'createRole', role: 'big', permissions: { read, write: null } });
});

afterEach(async () => {
  await api.server.close(100);
});

test.each([
  ['the same large role a thousand times', Array<string>(1000).fill('big')],
  ['the same large role twenty times', Array<string>(20).fill('big')],
])('a user with %s is not shown, quickly', async (_, roles) => {
  await addUser(api.member, 'u', 'p');
  const passwordHash = api.member.auth().user('u')!.passwordHash;
  await done(api.member, { type: 'createUser', user: 'many', passwordHash, roles });
  for (const path of ['/v2/auth/users', '/v2/auth/users/many']) {
    const elapsedMs = startFairClock();
    const answer = await ask(api.clientPort, 'GET', path);
    expect(elapsedMs()).toBeLessThan(2000);
    expect(answer.status).toBe(507);
    expect(answer.body).toContain('ask for one user or one role at a time');
  }
  expect((await ask(api.clientPort, 'GET', '/v2/auth/users/u')).status).toBe(200);
});

test('many users with many roles that do not exist are bounded too', async () => {
  await addUser(api.member, 'u', 'p');
  const passwordHash = api.member.auth().user('u')!.passwordHash;
  const roles = Array.from({ length: 1000 }, (_, each) => `gone${each}`);
  for (let each = 0; each < 400; each++) {
    await done(api.member, { type: 'createUser', user: `u${each}`, passwordHash, roles });
  }
  const elapsedMs = startFairClock();
  expect((await ask(api.clientPort, 'GET', '/v2/auth/users')).status).toBe(507);
  expect(elapsedMs()).toBeLessThan(2000);
});

test('what is of a usual size is shown', async () => {
  await addUser(api.member, 'ann', 'p', { read: ['/a'] });
  await done(api.member, {
    type: 'createUser',
    user: 'bob',
    passwordHash: api.member.auth().user('ann')!.passwordHash,
    roles: ['ann', 'big'],
  });
  const { status, body } = await ask(api.clientPort, 'GET', '/v2/auth/users');
  expect(status).toBe(200);
  expect(JSON.parse(body).users).toHaveLength(2);
});
