/** Who waits costs little: nothing of what was sent is held, and nobody is waited for who has gone before the wait began. */
import { connect } from 'node:net';
import { hashSync } from 'bcrypt';
import { BodyBudget } from '../../src/api/bodyBudget';
import { ask, startUnderTest, until, type ApiUnderTest } from '../api/apiUnderTest';
import { addUser, basic, done, enableAuth, setGuest } from '../api/auth/userWith';
import { event, node } from '../api/fakeMember';

let api: ApiUnderTest;
const budget = new BodyBudget(1_000_000);
beforeEach(async () => {
  api = await startUnderTest({ bodyBudget: budget });
});
afterEach(() => api.server.close(100));

test('the body of a watch takes nothing of the budget of all bodies while it waits', async () => {
  const answered = ask(api.clientPort, 'POST', '/v1/watch/a', `index=1&other=${'x'.repeat(500_000)}`);
  await until(() => api.member.watches.length === 1);
  expect(budget.usedBytes).toBe(0);
  api.member.watches[0]!.listener(event({ action: 'set', node: node({ key: '/a', value: '1', modifiedIndex: 7 }) }));
  expect((await answered).status).toBe(200);
  // And is not given back twice.
  await until(() => budget.usedBytes === 0);
  expect(budget.usedBytes).toBe(0);
});

test.each(['/v1/watch/a', '/v2/keys/a?wait=true&stream=true'])(
  '%s: a client that goes away while its password is checked leaves no watch behind',
  async (path) => {
    await setGuest(api.member, [], []);
    await addUser(api.member, 'slow', 'pw', { read: ['/*'] });
    await done(api.member, { type: 'deleteUser', user: 'slow' });
    const passwordHash = hashSync('pw', 12).replace('$2b$', '$2a$');
    await done(api.member, { type: 'createUser', user: 'slow', passwordHash, roles: ['slow'] });
    await enableAuth(api.member);
    const { authorization } = basic('slow', 'pw');
    const socket = connect(api.clientPort, '127.0.0.1');
    socket.write(`GET ${path} HTTP/1.1\r\nHost: x\r\nAuthorization: ${authorization}\r\n\r\n`);
    await new Promise((resolve) => setTimeout(resolve, 30));
    socket.resetAndDestroy();
    // Its check comes behind that of the other one.
    expect((await ask(api.clientPort, 'GET', '/v2/keys/a', undefined, { authorization })).status).toBe(200);
    await new Promise((resolve) => setTimeout(resolve, 50));
    expect(api.member.watches.filter(({ cancelled }) => !cancelled)).toEqual([]);
  },
);
