/** Who may do what by the v1 API: what the same user may do by v2, and no answer tells more. */
import type { Answer } from '../apiUnderTest';
import { ask, startUnderTest, until, type ApiUnderTest } from '../apiUnderTest';
import { addUser, basic, done, enableAuth, setGuest } from '../auth/userWith';
import { event, keyError, node } from '../fakeMember';

let api: ApiUnderTest;

beforeEach(async () => {
  api = await startUnderTest();
  await setGuest(api.member, [], []);
  await addUser(api.member, 'reader', 'pw', { read: ['/app/*'] });
  await addUser(api.member, 'writer', 'pw', { write: ['/app/*'] });
  await enableAuth(api.member);
});
afterEach(() => api.server.close(100));

const send = (method: string, path: string, user?: string, body?: string): Promise<Answer> =>
  ask(api.clientPort, method, path, body, user === undefined ? {} : basic(user, user === 'root' ? 'rootpw' : 'pw'));

const REFUSED =
  '{"errorCode":110,"message":"The request requires user authentication","cause":"Insufficient credentials"}\n';

test.each([
  ['GET', '/v1/keys/app/a', 'reader', 200],
  ['GET', '/v1/keys/app/a', 'writer', 401],
  ['GET', '/v1/keys/app/a', undefined, 401],
  ['GET', '/v1/keys/other', 'reader', 401],
  ['GET', '/v1/keys/other', 'root', 200],
  ['POST', '/v1/keys/app/a', 'writer', 200],
  ['PUT', '/v1/keys/app/a', 'reader', 401],
  ['POST', '/v1/keys/app/a', undefined, 401],
  ['DELETE', '/v1/keys/app/a', 'writer', 200],
  ['DELETE', '/v1/keys/app/a', 'reader', 401],
  ['POST', '/v1/watch/app', 'writer', 401],
  ['POST', '/v1/watch', 'root', 301],
] as const)('%s %s by %s: %d', async (method, path, user, status) => {
  const body = path.startsWith('/v1/watch') ? 'index=1' : method === 'POST' || method === 'PUT' ? 'value=1' : undefined;
  const answer = await send(method, path, user, body);
  expect(answer.status).toBe(status);
  if (status !== 401) return;
  expect(answer.body).toBe(REFUSED);
  expect(api.member.reads).toEqual([]);
  expect(api.member.commands).toEqual([]);
  expect(api.member.watches).toEqual([]);
});

test('a watch sees what is below, so it needs the right to all of that', async () => {
  await addUser(api.member, 'exact', 'pw', { read: ['/app'] });
  expect((await send('POST', '/v1/watch/app', 'exact', 'index=1')).status).toBe(401);
});

test('who may write and not read is not told what was there', async () => {
  api.member.onPropose = () =>
    Promise.resolve(
      event({
        action: 'set',
        node: node({ key: '/app/a', value: 'new', modifiedIndex: 7 }),
        prevNode: node({ key: '/app/a', value: 'secret' }),
      }),
    );
  const { body } = await send('POST', '/v1/keys/app/a', 'writer', 'value=new');
  expect(body).not.toContain('secret');
  // Nor whether there was anything.
  expect(body).toBe('{"action":"SET","key":"/app/a","value":"new","index":7}');
  api.member.onPropose = () => Promise.resolve(keyError(101, '[guess != secret]'));
  const failed = await send('POST', '/v1/keys/app/a', 'writer', 'value=new&prevValue=guess');
  expect(failed.status).toBe(400);
  expect(failed.body).not.toContain('secret');
  api.member.onPropose = () => Promise.resolve(keyError(105, '/app/a'));
  api.member.onGet = (key) => event({ node: node({ key, value: 'secret' }) });
  const exists = await send('POST', '/v1/keys/app/a', 'writer', 'value=new&prevValue=');
  expect(exists.status).toBe(400);
  expect(exists.body).not.toContain('secret');
});

test('a watch ends when its right is taken away, before it shows anything', async () => {
  const answer = send('GET', '/v1/watch/app/a', 'reader');
  const broken = expect(answer).rejects.toThrow();
  await until(() => api.member.watches.length === 1);
  await done(api.member, { type: 'deleteUser', user: 'reader' });
  await broken;
  expect(api.member.watches[0]!.cancelled).toBe(true);
});
