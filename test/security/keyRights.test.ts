/**
 * Rights to keys, over real sockets: GHSA-xg4h-6gfc-h4m8 (a right to one key gave a watch on others), CVE-2023-32082 (what is there was told
 * to who may not read it), CVE-2026-44283 (prevKV leaked).
 */
import { keyError, event, node } from '../api/fakeMember';
import { addUser, basic, done, enableAuth, setGuest } from '../api/auth/userWith';
import { ask, startUnderTest, until, type ApiUnderTest } from '../api/apiUnderTest';

const ANN = basic('ann', 'annpw');
const WRITER = basic('writer', 'writerpw');
const ROOT = basic('root', 'rootpw');
const DENIED =
  '{"errorCode":110,"message":"The request requires user authentication","cause":"Insufficient credentials","index":0}\n';

let api: ApiUnderTest;

beforeEach(async () => {
  api = await startUnderTest();
  await addUser(api.member, 'ann', 'annpw', { read: ['/one', '/r/*'] });
  await addUser(api.member, 'writer', 'writerpw', { write: ['/w/*', '/one'] });
  await setGuest(api.member, ['/one'], []);
  await enableAuth(api.member);
});

afterEach(async () => {
  await api.server.close(100);
});

function send(method: string, path: string, headers: Record<string, string>, body?: string) {
  return ask(api.clientPort, method, `/v2/keys${path}`, body, headers);
}

describe('GHSA-xg4h-6gfc-h4m8: a right to one key is no right to others', () => {
  test.each([
    ['a user', ANN],
    ['a guest', {}],
  ])('for %s', async (_, headers) => {
    for (const query of ['recursive=true', 'recursive=true&wait=true', 'recursive=true&wait=true&stream=true']) {
      const answer = await send('GET', `/one?${query}`, headers);
      expect([query, answer.status, answer.body]).toEqual([query, 401, DENIED]);
    }
    for (const path of ['/', '/onex', '/one/below', '/on', '/One', '/two']) {
      expect([path, (await send('GET', `${path}?wait=true`, headers)).status]).toEqual([path, 401]);
    }
    expect(api.member.watches).toEqual([]);
    expect(api.member.reads).toEqual([]);
    expect((await send('GET', '/one', headers)).status).toBe(200);
  });

  test('no spelling of a path gets round it', async () => {
    for (const path of [
      '/r/../secret',
      '/r/%2e%2e/secret',
      '/r%2F..%2Fsecret',
      '//secret',
      '/./secret',
      '/r/a/../../secret/',
      '/r',
      '/%72',
      '/R/a',
      '/r%00/a',
    ]) {
      expect([path, (await send('GET', path, ANN)).status]).toEqual([path, 401]);
    }
    for (const path of ['/r/a', '/r%2Fa', '/%72/a', '/r//a', '/r/./a', '/x/../r/a']) {
      expect([path, (await send('GET', path, ANN)).status]).toEqual([path, 200]);
    }
  });

  test('every kind of read and write needs its own right', async () => {
    for (const [method, query] of [
      ['GET', ''],
      ['GET', '?quorum=true'],
      ['GET', '?consistent=true'],
      ['GET', '?sorted=true'],
      ['GET', '?wait=true'],
      ['GET', '?wait=true&waitIndex=1'],
      ['GET', '?wait=true&stream=true'],
      ['HEAD', ''],
    ] as const) {
      expect([method, query, (await send(method, `/w/a${query}`, WRITER)).status]).toEqual([method, query, 401]);
    }
    for (const [method, query] of [
      ['PUT', ''],
      ['PUT', '?prevExist=true'],
      ['PUT', '?prevExist=false'],
      ['PUT', '?prevValue=x'],
      ['PUT', '?prevIndex=1'],
      ['PUT', '?refresh=true&ttl=5'],
      ['PUT', '?dir=true'],
      ['POST', ''],
      ['DELETE', ''],
      ['DELETE', '?dir=true'],
      ['DELETE', '?recursive=true'],
      ['DELETE', '?prevValue=x'],
    ] as const) {
      expect([method, query, (await send(method, `/r/a${query}`, ANN)).status]).toEqual([method, query, 401]);
    }
    expect(api.member.commands).toEqual([]);
    expect(api.member.barriers).toBe(0);
  });

  test('who may write below a directory can neither write nor remove the directory', async () => {
    for (const path of ['/w', '/w/', '/w?recursive=true', '/w/?recursive=true', '/w/x/../?recursive=true']) {
      expect([path, (await send('DELETE', path, WRITER)).status]).toEqual([path, 401]);
    }
    expect((await send('DELETE', '/one?recursive=true', WRITER)).status).toBe(401);
    expect(api.member.commands).toEqual([]);
    expect((await send('DELETE', '/w/x?recursive=true', WRITER)).status).not.toBe(401);
    expect(api.member.commands).toHaveLength(1);
  });
});

describe('CVE-2023-32082: a refusal says nothing of what is there', () => {
  test('it is the same to the byte, whether the key is there or not, and the member is not even asked', async () => {
    for (const headers of [{}, ANN, basic('ann', 'wrong'), basic('nobody', 'x'), { authorization: 'x' }]) {
      for (const [method, path] of [
        ['GET', '/secret'],
        ['PUT', '/secret'],
        ['DELETE', '/secret?prevValue=x'],
      ] as const) {
        api.member.onGet = () => keyError(100, '/secret');
        const absent = await send(method, path, headers);
        api.member.onGet = (key) => event({ node: node({ key, value: 'v' }) });
        const there = await send(method, path, headers);
        expect([absent.status, absent.body]).toEqual([401, DENIED]);
        const { date: _, ...head } = absent.headers;
        expect(there).toMatchObject({ status: absent.status, body: absent.body, headers: head });
      }
    }
    expect(api.member.reads).toEqual([]);
    expect(api.member.commands).toEqual([]);
  });
});

describe('CVE-2026-44283: who may not read is not told what was there', () => {
  const before = node({ key: '/w/a', value: 'old', modifiedIndex: 4 });

  test('neither by a write that was done', async () => {
    const after = node({ key: '/w/a', value: 'new', modifiedIndex: 5 });
    for (const action of ['set', 'update', 'compareAndSwap', 'delete', 'compareAndDelete'] as const) {
      api.member.onPropose = () => Promise.resolve(event({ action, node: after, prevNode: before }));
      const seen = await send('PUT', '/w/a', WRITER, 'value=new');
      expect([action, seen.status, seen.body.includes('old')]).toEqual([action, 200, false]);
      expect((await send('PUT', '/w/a', ROOT, 'value=new')).body).toContain('"prevNode":{"key":"/w/a","value":"old"');
    }
  });

  test('nor by a refresh, which shows the value that it keeps', async () => {
    const refreshed = event({ action: 'update', node: before, prevNode: before, refresh: true });
    api.member.onPropose = () => Promise.resolve(refreshed);
    expect((await send('PUT', '/w/a?refresh=true&ttl=9', WRITER)).body).not.toContain('old');
    expect((await send('PUT', '/w/a?refresh=true&ttl=9', ROOT)).body).toContain('old');
  });

  test('nor by a comparison that failed', async () => {
    api.member.onPropose = () => Promise.resolve(keyError(101, '[x != old]'));
    const seen = await send('PUT', '/w/a?prevValue=x', WRITER, 'value=new');
    expect(seen).toMatchObject({ status: 412, body: '{"errorCode":101,"message":"Compare failed","index":9}\n' });
    expect((await send('PUT', '/w/a?prevValue=x', ROOT, 'value=new')).body).toContain('old');
  });
});

describe('a right that is taken away', () => {
  const revoke = { type: 'updateUser', user: 'ann', passwordHash: undefined, grant: [], revoke: ['ann'] } as const;

  async function openWatch(path: string, headers: Record<string, string>) {
    const { length } = api.member.watches;
    const outcome = send('GET', path, headers).then(
      ({ status }) => status,
      () => 'cut',
    );
    await until(() => api.member.watches.length > length);
    return { outcome, watch: api.member.watches[length]! };
  }

  test('ends the watches that stood on it, and no others', async () => {
    const open = [
      await openWatch('/r/a?wait=true', ANN),
      await openWatch('/r/b?wait=true&recursive=true&stream=true', ANN),
    ];
    const others = [await openWatch('/r/a?wait=true', ROOT), await openWatch('/one?wait=true', {})];
    await done(api.member, revoke);
    for (const each of open) {
      expect(await each.outcome).toBe('cut');
      expect(each.watch.cancelled).toBe(true);
    }
    for (const each of others) expect(each.watch.cancelled).toBe(false);
  });

  test('keeps an event back that comes before the watch is ended', async () => {
    const { outcome, watch } = await openWatch('/r/a?wait=true&stream=true', ANN);
    await done(api.member, revoke);
    // In the same turn: nothing had time to end it.
    watch.listener(event({ action: 'set', node: node({ key: '/r/a', value: 'secret' }) }));
    expect(watch.cancelled).toBe(true);
    expect(await outcome).toBe('cut');
  });

  test.each([
    ['another password', { ...revoke, passwordHash: `$2a$04$${'x'.repeat(53)}`, revoke: [] }],
    ['the end of the user', { type: 'deleteUser', user: 'ann' }],
    ['the end of the role', { type: 'deleteRole', role: 'ann' }],
    [
      'less in the role',
      { type: 'updateRole', role: 'ann', grant: undefined, revoke: { read: ['/r/*'], write: null } },
    ],
  ] as const)('%s ends a watch too', async (_, change) => {
    const { outcome } = await openWatch('/r/a?wait=true', ANN);
    await done(api.member, change);
    expect(await outcome).toBe('cut');
  });

  test('the right of guests as well, and that of everybody when auth is switched on', async () => {
    const guest = await openWatch('/one?wait=true', {});
    await done(api.member, { type: 'deleteRole', role: 'guest' });
    expect(await guest.outcome).toBe('cut');
    await done(api.member, { type: 'disable' });
    const before = await openWatch('/r/a?wait=true', {});
    await done(api.member, { type: 'enable' });
    expect(await before.outcome).toBe('cut');
  });

  test('a change that leaves the right leaves the watch', async () => {
    const { watch } = await openWatch('/r/a?wait=true', ANN);
    await done(api.member, { ...revoke, grant: ['other'], revoke: [] });
    await done(api.member, { type: 'deleteUser', user: 'writer' });
    await new Promise((resolve) => setTimeout(resolve, 50));
    expect(watch.cancelled).toBe(false);
  });

  test('while a linearizable read waits for its turn: nothing is read', async () => {
    let passBarrier: () => void = () => undefined;
    api.member.onBarrier = () => new Promise((resolve) => (passBarrier = resolve));
    const answer = send('GET', '/r/a?quorum=true', ANN);
    await until(() => api.member.barriers === 1);
    await done(api.member, revoke);
    passBarrier();
    expect(await answer).toMatchObject({ status: 401, body: DENIED });
    expect(api.member.reads).toEqual([]);
  });
});
