/** A request that takes its time: its right is asked for when it is used, not when its first byte came. */
import { connect, type Socket } from 'node:net';
import { Drain } from '../../src/api/drain';
import { addUser, basic, done, enableAuth, setGuest } from '../api/auth/userWith';
import { ask, startUnderTest, until, type ApiUnderTest } from '../api/apiUnderTest';

let api: ApiUnderTest;
let drain: Drain;

beforeEach(async () => {
  drain = new Drain(
    () => 0,
    () => Promise.resolve(),
  );
  api = await startUnderTest({ drain });
  await setGuest(api.member, [], []);
  await addUser(api.member, 'evil', 'evilpw');
  await done(api.member, { type: 'updateUser', user: 'evil', passwordHash: undefined, grant: ['root'], revoke: [] });
});

afterEach(async () => {
  await api.server.close(100);
});

const EVIL_USER = '{"user":"again","password":"e","roles":["root"]}';
const REQUESTS: readonly (readonly [method: string, path: string, body: string])[] = [
  ['PUT', '/v2/auth/users/again', EVIL_USER],
  ['PUT', '/v2/auth/roles/again', '{"role":"again","permissions":{"kv":{"read":["/*"],"write":["/*"]}}}'],
  ['POST', '/v2/members', '{"peerURLs":["http://10.0.0.9:2380"]}'],
  ['PUT', '/v2/members/1f', '{"peerURLs":["http://10.0.0.9:2380"]}'],
  ['DELETE', '/v2/members/1f', '{}'],
  ['PUT', '/config/local/log', '{"Level":"DEBUG"}'],
  ['PUT', '/config/local/drain', '{"Seconds":60}'],
  ['POST', '/new', 'size=3'],
];

/** Everything but the last byte, which `finish` sends. */
async function begin(method: string, path: string, body: string, authorization: string | undefined) {
  const socket: Socket = connect(api.clientPort, '127.0.0.1');
  let text = '';
  socket.setEncoding('latin1');
  socket.on('data', (chunk: string) => (text += chunk));
  const type = path === '/new' ? 'application/x-www-form-urlencoded' : 'application/json';
  const credentials = authorization === undefined ? '' : `Authorization: ${authorization}\r\n`;
  const head = `${method} ${path} HTTP/1.1\r\nHost: x\r\nContent-Type: ${type}\r\n${credentials}`;
  const received = api.server.clientTraffic().receivedBytes;
  const sent = `${head}Content-Length: ${body.length}\r\n\r\n${body.slice(0, -1)}`;
  socket.write(sent);
  await until(() => api.server.clientTraffic().receivedBytes >= received + sent.length);
  await new Promise((resolve) => setTimeout(resolve, 60));
  expect(text).toBe('');
  return {
    finish: async (): Promise<string> => {
      socket.write(body.slice(-1));
      await until(() => text.includes('\r\n\r\n'));
      socket.destroy();
      return text.slice(0, text.indexOf('\r\n'));
    },
  };
}

function expectNothingDone(): void {
  expect(api.member.auth().user('again')).toBeUndefined();
  expect(api.member.auth().role('again')).toBeUndefined();
  expect(api.levels).toEqual([]);
  expect(drain.isOn).toBe(false);
  expect(api.member.commands).toEqual([]);
}

test.each(REQUESTS)('%s %s that began before auth was switched on is refused after', async (method, path, body) => {
  const request = await begin(method, path, body, undefined);
  await enableAuth(api.member);
  expect(await request.finish()).toBe('HTTP/1.1 401 Unauthorized');
  expectNothingDone();
});

test.each(REQUESTS)('%s %s is refused when its user was deleted meanwhile', async (method, path, body) => {
  await enableAuth(api.member);
  const { authorization } = basic('evil', 'evilpw');
  // Known by now, so that the next one is let in at once.
  expect((await ask(api.clientPort, 'GET', '/v2/auth/users', undefined, { authorization })).status).toBe(200);
  const request = await begin(method, path, body, authorization);
  await done(api.member, { type: 'deleteUser', user: 'evil' });
  expect(await request.finish()).toBe('HTTP/1.1 401 Unauthorized');
  expectNothingDone();
});

test.each([
  ['its role', { type: 'updateUser', user: 'evil', passwordHash: undefined, grant: [], revoke: ['root'] }],
  [
    'its password',
    { type: 'updateUser', user: 'evil', passwordHash: `$2a$04$${'x'.repeat(53)}`, grant: [], revoke: [] },
  ],
] as const)('a user that has lost %s makes no other one', async (_, change) => {
  await enableAuth(api.member);
  const { authorization } = basic('evil', 'evilpw');
  const request = await begin('PUT', '/v2/auth/users/again', EVIL_USER, authorization);
  await done(api.member, change);
  expect(await request.finish()).toBe('HTTP/1.1 401 Unauthorized');
  expectNothingDone();
});

test('a write of a key whose body took its time is asked for its right at the end', async () => {
  const request = await begin('PUT', '/v2/keys/a', 'value=xx', undefined);
  await enableAuth(api.member);
  expect(await request.finish()).toMatch(/^HTTP\/1\.1 401/);
  expect(api.member.commands).toEqual([]);
});
