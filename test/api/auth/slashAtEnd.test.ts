/** A slash at the end of a key helps who may read what is below it to list the directory, and not to read a file that stands there. */
import type { KeyEvent, KeyResult } from '../../../src/machine/keyspace/event';
import { KeySpace } from '../../../src/machine/keyspace/keySpace';
import { create, expire, NOW_MS } from '../../machine/keyspace/writer';
import { ask, startUnderTest, until, type Answer, type ApiUnderTest } from '../apiUnderTest';
import { event, keyError, node } from '../fakeMember';
import { addUser, basic, enableAuth, setGuest } from './userWith';

let api: ApiUnderTest;

const file = node({ key: '/app', value: 'secret' });
const directory = node({ key: '/app', dir: true, nodes: [node({ key: '/app/a', value: 'v' })] });
const shows = (there: typeof file) => (): KeyResult => event({ node: there });

beforeEach(async () => {
  api = await startUnderTest();
  await setGuest(api.member, [], []);
  await addUser(api.member, 'reader', 'pw', { read: ['/app/*'] });
  await addUser(api.member, 'owner', 'pw', { read: ['/app*'] });
  await enableAuth(api.member);
});
afterEach(() => api.server.close(100));

const get = (path: string, user = 'reader'): Promise<Answer> =>
  ask(api.clientPort, 'GET', path, undefined, basic(user, 'pw'));

test.each([
  '/v2/keys/app/',
  '/v2/keys/app/?recursive=true',
  '/v2/keys/app/?quorum=true',
  '/v2/keys/app/?wait=true',
  '/v2/keys/app/?wait=true&recursive=true',
  '/v2/keys/app/?wait=true&stream=true',
  '/v1/keys/app/',
  '/v1/watch/app/',
])('GET %s of a file is refused', async (path) => {
  api.member.onGet = shows(file);
  const { status, body } = await get(path);
  expect([status, body]).toEqual([401, expect.stringContaining('"cause":"Insufficient credentials"')]);
  expect(api.member.watches).toEqual([]);
});

test.each(['/v2/keys/app/', '/v2/keys/app/?recursive=true', '/v1/keys/app/'])(
  'GET %s lists a directory',
  async (path) => {
    api.member.onGet = shows(directory);
    expect((await get(path)).status).toBe(200);
  },
);

test('what is not there is not found, and may be waited for', async () => {
  api.member.onGet = () => keyError(100, '/app');
  expect((await get('/v2/keys/app/')).status).toBe(404);
  const waiting = get('/v2/keys/app/?wait=true&recursive=true');
  await until(() => api.member.watches.length === 1);
  api.member.watches[0]!.listener(event({ action: 'set', node: node({ key: '/app/a', value: 'v' }) }));
  expect((await waiting).body).toContain('"key":"/app/a"');
});

describe.each(['/v2/keys/app/?wait=true', '/v2/keys/app/?wait=true&recursive=true', '/v1/watch/app/'])(
  'GET %s',
  (path) => {
    test.each([
      ['becomes a file', event({ action: 'set', node: file })],
      ['was a file', event({ action: 'set', node: node({ key: '/app', dir: true }), prevNode: file })],
      ['goes as a file', event({ action: 'delete', node: node({ key: '/app' }), prevNode: file })],
      ['expires as a file', event({ action: 'expire', node: node({ key: '/app' }), prevNode: file })],
      ['expires as nobody knows what', event({ action: 'expire', node: node({ key: '/app' }) })],
    ])('is cut when the key %s', async (_what, change) => {
      api.member.onGet = () => keyError(100, '/app');
      const broken = expect(get(path)).rejects.toThrow();
      await until(() => api.member.watches.length === 1);
      api.member.watches[0]!.listener(change);
      await broken;
      expect(api.member.watches[0]!.cancelled).toBe(true);
    });

    test('is cut when the past has such a change', async () => {
      api.member.onGet = shows(directory);
      api.member.pastEvents = [event({ action: 'delete', node: node({ key: '/app' }), prevNode: file })];
      await expect(get(path)).rejects.toThrow();
      expect(api.member.watches[0]!.cancelled).toBe(true);
    });
  },
);

/** As the key space tells of them: of a directory that expired only `prevNode` says that it was one. */
const ofDirectory: [string, KeyEvent][] = [
  ['create', event({ action: 'create', node: node({ key: '/app', dir: true }) })],
  ['delete', event({ action: 'delete', node: node({ key: '/app', dir: true }), prevNode: directory })],
  ['expire', event({ action: 'expire', node: node({ key: '/app' }), prevNode: directory })],
];

describe.each(['/v2/keys/app/?wait=true', '/v2/keys/app/?wait=true&recursive=true', '/v1/watch/app/'])(
  'GET %s of a directory',
  (path) => {
    test.each(ofDirectory)('is told of its %s', async (_action, change) => {
      api.member.onGet = () => keyError(100, '/app');
      const waiting = get(path);
      await until(() => api.member.watches.length === 1);
      api.member.watches[0]!.listener(change);
      const { status, body } = await waiting;
      expect([status, body]).toEqual([200, expect.stringContaining('"key":"/app"')]);
    });

    test.each(ofDirectory)('is told of its %s in the past', async (_action, change) => {
      api.member.onGet = () => keyError(100, '/app');
      api.member.pastEvents = [change];
      const { status, body } = await get(path);
      expect([status, body]).toEqual([200, expect.stringContaining('"key":"/app"')]);
    });
  },
);

test('a directory whose TTL ended is told of to who may read what is below it, by the key space itself', async () => {
  const keySpace = new KeySpace(100);
  keySpace.apply(create('/app', { dir: true, expirationMs: NOW_MS + 1000 }));
  expire(keySpace, NOW_MS + 2000);
  api.member.onGet = () => keyError(100, '/app');
  api.member.pastEvents = keySpace.past('/app', 2).events;
  expect((await get('/v2/keys/app/?wait=true&recursive=true')).body).toContain('"action":"expire"');
});

test('who may read the key itself is shown it, with a slash or without', async () => {
  api.member.onGet = shows(file);
  for (const path of ['/v2/keys/app', '/v2/keys/app/', '/v1/keys/app/']) {
    expect([path, (await get(path, 'owner')).status]).toEqual([path, 200]);
  }
});
