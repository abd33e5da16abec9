import {
  createClient,
  EtcdError,
  RefusedError,
  TimeoutError,
  UnreachableError,
  type Client,
} from '../../../src/client';
import { askWithFailOver } from '../../../src/client/transport/failOver';
import { Endpoints } from '../../../src/client/transport/endpoints';
import { ExchangeFailure } from '../../../src/client/transport/exchange';
import { stablePort } from '../../support/ports';
import { FakeServer } from '../fakeServer';
import { RawServer } from '../rawServer';

const EVENT = { action: 'get', node: { key: '/k', value: 'v', modifiedIndex: 3, createdIndex: 3 } };
const INTERNAL = { errorCode: 300, message: 'Raft Internal Error', cause: 'etcdserver: request timed out', index: 0 };
const NOBODY = 'http://127.0.0.1:1';

describe('a client of several members', () => {
  const servers: { stop(): void }[] = [];
  const clients: Client[] = [];

  afterEach(() => {
    for (const client of clients.splice(0)) client.close();
    for (const server of servers.splice(0)) server.stop();
  });

  async function fake(answer: FakeServer['answer'], port?: number): Promise<FakeServer> {
    const server = new FakeServer();
    server.answer = answer;
    await server.start(port);
    servers.push(server);
    return server;
  }

  async function raw(): Promise<RawServer> {
    const server = new RawServer();
    await server.start();
    servers.push(server);
    return server;
  }

  function clientOf(endpoints: readonly string[], more: Partial<Parameters<typeof createClient>[0]> = {}): Client {
    const client = createClient({ endpoints, order: 'given', timeoutMs: 5000, ...more });
    clients.push(client);
    return client;
  }

  it('asks the next one if one is not there, also to write, and stays with who answers', async () => {
    const good = await fake(() => ({ body: EVENT }));
    const client = clientOf([NOBODY, good.url]);
    await client.keys.set('k', 'v');
    expect(client.endpoints).toEqual([good.url, NOBODY]);
    await client.keys.get('k');
    expect(good.asked).toHaveLength(2);
  });

  it('says of each why it did not answer', async () => {
    const client = clientOf([NOBODY, 'http://127.0.0.1:2'], { roundsMax: 1 });
    const error = await client.keys.set('k', 'v').catch((one: unknown) => one);
    expect(error).toBeInstanceOf(UnreachableError);
    expect(error).toMatchObject({
      maybeCarriedOut: false,
      failures: [{ endpoint: NOBODY }, { endpoint: 'http://127.0.0.1:2' }],
    });
    expect(String(error)).toMatch(/127\.0\.0\.1:1: connection refused; .*127\.0\.0\.1:2: connection refused/);
  });

  it('goes on trying until the time is over', async () => {
    const client = clientOf([NOBODY], { timeoutMs: 300, backOff: { firstMs: 10, longestMs: 40 } });
    const beganMs = performance.now();
    await expect(client.keys.get('k')).rejects.toMatchObject({ kind: expect.stringMatching(/unreachable|timeout/) });
    expect(performance.now() - beganMs).toBeGreaterThan(150);
  });

  it('finds a member that comes back meanwhile', async () => {
    const late = await fake(() => ({ status: 500, body: INTERNAL }));
    const client = clientOf([NOBODY, late.url], { backOff: { firstMs: 10, longestMs: 20 } });
    setTimeout(() => {
      late.answer = () => ({ body: EVENT });
    }, 100);
    expect((await client.keys.get('k')).node.value).toBe('v');
  });

  it('reads from another member if one cannot, and never writes twice', async () => {
    const sick = await fake(() => ({ status: 500, body: INTERNAL }));
    const good = await fake(() => ({ body: EVENT }));
    await clientOf([sick.url, good.url]).keys.get('k');
    const error = await clientOf([sick.url, good.url])
      .keys.set('k', 'v')
      .catch((one: unknown) => one);
    expect(error).toBeInstanceOf(EtcdError);
    expect(error).toMatchObject({ code: 300, cause: 'etcdserver: request timed out' });
    expect([sick.asked.length, good.asked.length]).toEqual([2, 1]);
  });

  it('reads elsewhere if the connection breaks after the request, and does not write elsewhere', async () => {
    const breaking = await raw();
    breaking.answer = ({ socket }) => socket.destroy();
    const good = await fake(() => ({ body: EVENT }));
    const error = await clientOf([breaking.url, good.url])
      .keys.set('k', 'v')
      .catch((one: unknown) => one);
    expect(error).toMatchObject({ kind: 'unreachable', maybeCarriedOut: true });
    expect([breaking.asked.length, good.asked.length]).toEqual([1, 0]);
    expect((await clientOf([breaking.url, good.url]).keys.get('k')).node.value).toBe('v');
  });

  it('writes elsewhere if a member is too busy to begin', async () => {
    const busy = await fake(() => ({ status: 503, body: INTERNAL, headers: { 'Retry-After': '1' } }));
    const good = await fake(() => ({ body: EVENT }));
    await clientOf([busy.url, good.url]).keys.set('k', 'v');
    expect([busy.asked.length, good.asked.length]).toEqual([1, 1]);
  });

  it('tells what the last one said if none can', async () => {
    const sick = await fake(() => ({ status: 503, body: { message: 'During election' } }));
    const error = await clientOf([sick.url, NOBODY], { roundsMax: 2, backOff: { firstMs: 1, longestMs: 1 } })
      .members.leader()
      .catch((one: unknown) => one);
    expect(error).toBeInstanceOf(RefusedError);
    expect(error).toMatchObject({ status: 503, said: 'During election' });
  });

  it('does not wait for a member that hangs with a read, and does with a write', async () => {
    const [hanging, good] = [await raw(), await fake(() => ({ body: EVENT }))];
    const reading = clientOf([hanging.url, good.url], { timeoutMs: 2000 });
    expect((await reading.keys.get('k')).node.value).toBe('v');
    const writing = clientOf([hanging.url, good.url], { timeoutMs: 300 });
    const error = await writing.keys.set('k', 'v').catch((one: unknown) => one);
    expect(error).toBeInstanceOf(TimeoutError);
    expect(error).toMatchObject({ maybeCarriedOut: true });
    expect(good.asked).toHaveLength(1);
  });

  it('stops at once when it is told to, while it waits too', async () => {
    const client = clientOf([NOBODY], { timeoutMs: 600_000, backOff: { firstMs: 300_000, longestMs: 300_000 } });
    const stop = new AbortController();
    const asking = client.keys.get('k', { signal: stop.signal });
    setTimeout(() => {
      stop.abort(new Error('enough'));
    }, 50);
    await expect(asking).rejects.toThrow('enough');
    await expect(client.keys.get('k', { signal: stop.signal })).rejects.toThrow('enough');
  });

  it('learns who the members are, of old ones too, and keeps those it was given', async () => {
    const second = await fake(() => ({ body: EVENT }));
    const clientURLs = [second.url, 'nonsense', 'ftp://x'];
    const first = await fake(
      ({ url }) => ({
        body: url === '/v2/members' ? { members: [{ id: 'a', name: 'x', peerURLs: [], clientURLs }] } : EVENT,
      }),
      await stablePort(),
    );
    const client = clientOf([first.url]);
    expect(await client.discover()).toEqual([first.url, second.url].sort((a) => (a === first.url ? -1 : 1)));
    first.stop();
    await client.keys.get('k');
    expect(second.asked).toHaveLength(1);

    const old = await fake(({ url }) =>
      url === '/v2/machines' ? { body: `${second.url}, ${NOBODY}` } : { status: 404 },
    );
    expect(new Set(await clientOf([old.url]).discover())).toEqual(new Set([old.url, second.url, NOBODY]));
  });

  it('learns by itself, behind the back of a request, if it is to', async () => {
    const second = await fake(() => ({ body: EVENT }));
    const members = [{ id: 'a', name: 'x', peerURLs: [], clientURLs: [second.url] }];
    const first = await fake(({ url }) => ({ body: url === '/v2/members' ? { members } : EVENT }));
    const client = clientOf([first.url], { discoverEveryMs: 60_000 });
    await client.keys.get('k');
    for (let i = 0; i < 100 && client.endpoints.length < 2; i++) await new Promise((done) => setTimeout(done, 10));
    expect(client.endpoints).toContain(second.url);
    await client.keys.get('k');
    expect(first.asked.filter(({ url }) => url === '/v2/members')).toHaveLength(1);
  });

  it('asks one member alone where that is wanted', async () => {
    const [first, second] = [await fake(() => ({ body: EVENT })), await fake(() => ({ body: EVENT }))];
    const client = clientOf([first.url, second.url]);
    await client.at(second.url).keys.get('k');
    expect([first.asked.length, second.asked.length]).toEqual([0, 1]);
  });

  it('shows its user to members only', async () => {
    const shown: (string | undefined)[] = [];
    const elsewhere = await fake((_asked, headers) => {
      shown.push(headers.authorization);
      return { body: EVENT };
    });
    const first = await fake((_asked, headers) => {
      shown.push(headers.authorization);
      return { status: 307, headers: { Location: `${elsewhere.url}/v2/keys/k` } };
    });
    const auth = { username: 'ann', password: 'päss:word' };
    const expected = `Basic ${Buffer.from('ann:päss:word').toString('base64')}`;
    await clientOf([first.url], { auth }).keys.set('k', 'v');
    expect(shown.splice(0)).toEqual([expected, undefined]);
    // One that was given as a member is trusted.
    await clientOf([first.url, elsewhere.url], { auth }).keys.set('k', 'v');
    expect(shown).toEqual([expected, expected]);
  });

  it('streams an answer that is too long to hold', async () => {
    const good = await fake(({ url }) =>
      url === '/long' ? { body: 'x'.repeat(300_000) } : { status: 404, body: 'no' },
    );
    const client = clientOf([NOBODY, good.url], { answerBytesMax: 1000 });
    const { body, endpoint } = await client.open({ method: 'GET', path: '/long' });
    let bytes = 0;
    for await (const piece of body) bytes += (piece as Buffer).length;
    expect([bytes, endpoint]).toEqual([300_000, good.url]);
    await expect(client.open({ method: 'GET', path: '/none' })).rejects.toMatchObject({ kind: 'refused', status: 404 });
  });

  it('asks nobody but its members, whatever the path says', async () => {
    const [good, evil] = [await fake(() => ({ body: '{}' })), await fake(() => ({}))];
    const client = clientOf([good.url]);
    await client.ask({ method: 'GET', path: `//${new URL(evil.url).host}/x` });
    await expect(client.ask({ method: 'GET', path: `@${new URL(evil.url).host}/x` })).rejects.toThrow(TypeError);
    for (const name of ['', '.', '..']) {
      await expect(client.members.remove(name)).rejects.toThrow(TypeError);
      await expect(client.auth.deleteUser(name)).rejects.toThrow(TypeError);
      await expect(client.auth.findRole(name)).rejects.toThrow(TypeError);
    }
    expect([good.asked.length, evil.asked.length]).toEqual([1, 0]);
  });

  it('takes a dial function that fails for a member that cannot be reached', async () => {
    const dial = (): never => {
      throw new Error('the tunnel is down');
    };
    const error = await clientOf([NOBODY], { dial, roundsMax: 1 })
      .keys.set('k', 'v')
      .catch((one: unknown) => one);
    expect(error).toMatchObject({ kind: 'unreachable', maybeCarriedOut: false });
    expect(String(error)).toContain('the tunnel is down');
  });

  it('refuses what cannot be options', () => {
    const options = (endpoints: unknown, more = {}): (() => unknown) => {
      return () => createClient({ endpoints: endpoints as string, ...more });
    };
    expect(options([])).toThrow(/one at least/);
    expect(options('127.0.0.1:2379')).toThrow(/has to look like|has to begin/);
    expect(options('http://ann:secret@127.0.0.1:2379')).toThrow(/has a user in it/);
    expect(options('http://ann:secret@127.0.0.1:2379')).not.toThrow(/secret/);
    for (const user of ['ann:secret', 'ann:se@cret', 'ann:se/cret', 'ann:se cret', 'ann:se,cret']) {
      expect(options(`http://${user}@127.0.0.1:2379`)).toThrow(/"http:\/\/\*\*\*@127/);
      expect(options(`http://${user}@127.0.0.1:2379`)).not.toThrow(/cret/);
      expect(options(`${user}@127.0.0.1:2379`)).not.toThrow(/cret/);
    }
    expect(options(NOBODY, { backOff: { firstMs: Infinity, longestMs: 1 } })).toThrow(/backOff.firstMs has to be/);
    expect(options('http://127.0.0.1/etcd')).toThrow(/nothing behind the port/);
    expect(options(NOBODY, { timeoutMs: 0 })).toThrow(/timeoutMs has to be a number above 0/);
    expect(options(NOBODY, { auth: { username: 'a:b', password: '' } })).toThrow(/no colon/);
  });
});

it.each([
  ['the little that was left of its time', 1000, 'refused'],
  ['most of its time', 10, 'no answer within'],
])('says of a member that did not answer within %s what weighs more', async (_name, spentMs, words) => {
  let asked = 0;
  const attempt = async (): Promise<never> => {
    asked += 1;
    if (asked > 1) throw new ExchangeFailure('timeout', new Error('no answer within 9 ms'), false, false);
    await new Promise((resolve) => setTimeout(resolve, spentMs));
    throw new ExchangeFailure('connection', new Error('refused'), false, false);
  };
  const failing = askWithFailOver({
    call: { method: 'GET', path: '/v2/keys/k' },
    endpoints: new Endpoints([NOBODY], undefined),
    timeoutMs: 1500,
    signal: undefined,
    roundsMax: 2,
    backOff: { firstMs: 1, longestMs: 1 },
    random: Math.random,
    anyStatus: false,
    attempt,
    pause: () => Promise.resolve(),
  });
  await expect(failing).rejects.toThrow(words);
  expect(asked).toBe(2);
});
