/** Members that are away, hang or fail for a moment, and processes that are too busy: a lock is had or not, and it is told which. */
import { createServer } from 'node:net';
import { createClient, LockLostError, type Client, type Leader } from '../../../src/client';
import { stablePort } from '../../support/ports';
import { FakeServer, type FakeAnswer } from '../fakeServer';

const NO_LEADER = {
  status: 500,
  body: { errorCode: 300, message: 'Raft Internal Error', cause: 'no leader', index: 0 },
};
const BUSY = { status: 500, body: 'failed to acquire lock' };
const NOBODY = 'http://127.0.0.1:1';

describe('a lock at members that are in trouble', () => {
  const servers: FakeServer[] = [];
  let client: Client;

  afterEach(() => {
    client.close();
    for (const server of servers.splice(0)) server.stop();
  });

  /** Answers `POST` and what else there is, one after the other, the last one again and again. */
  async function server(
    answers: Partial<Record<string, (FakeAnswer | undefined)[]>>,
    port?: number,
  ): Promise<FakeServer> {
    const one = new FakeServer();
    one.answer = ({ method }) => {
      const left = answers[method] ?? [{ body: method === 'POST' ? '7' : '' }];
      return left.length > 1 ? left.shift() : left[0];
    };
    await one.start(port);
    servers.push(one);
    return one;
  }

  function connect(...endpoints: readonly string[]): Client {
    client = createClient({ endpoints, order: 'given', timeoutMs: 2000 });
    return client;
  }

  const methods = ({ asked }: FakeServer): readonly string[] => asked.map(({ method }) => method);

  it.each([0, 1])('is asked for at each of them, also by who waits for %i s', async (waitSeconds) => {
    const sick = await server({ POST: [NO_LEADER] });
    const good = await server({});
    const lock = await connect(NOBODY, sick.url, good.url).locks.tryAcquire('x', { waitSeconds });
    expect(lock?.token).toBe(7);
    expect(methods(sick)[0]).toBe('POST');
  });

  it('is asked for at another one when the first one hangs for longer than it is waited', async () => {
    const silent = await server({ POST: [undefined] });
    const good = await server({});
    const lock = await connect(silent.url, good.url).locks.tryAcquire('x', { waitSeconds: 1 });
    expect(lock?.token).toBe(7);
  }, 20_000);

  it('is not waited for beyond one question to each, and no place is left behind', async () => {
    const sick = await server({ POST: [NO_LEADER] });
    await expect(connect(NOBODY, sick.url).locks.tryAcquire('x')).rejects.toMatchObject({ status: 500 });
    expect(methods(sick).filter((method) => method === 'POST')).toHaveLength(1);
    client.close();
    const busy = await server({ POST: [BUSY] });
    expect(await connect(NOBODY, busy.url).locks.tryAcquire('x')).toBeUndefined();
    for (let i = 0; i < 500 && busy.asked.length < 2; i++) await new Promise((done) => setTimeout(done, 10));
    expect(methods(busy)).toEqual(['POST', 'DELETE']);
  });

  it('is kept when the renewal that confirms it fails for a moment', async () => {
    const member = await server({ PUT: [NO_LEADER, { status: 503, body: 'too busy' }, { body: '' }] });
    const lock = await connect(member.url).locks.acquire('x');
    expect(lock.token).toBe(7);
    expect(methods(member)).toEqual(['POST', 'PUT', 'PUT', 'PUT']);
  });

  it('is asked for with longer and longer waits where it is never confirmed', async () => {
    const odd = await server({ PUT: [{ status: 404, body: 'key does not exist' }] });
    const stop = new AbortController();
    const waiting = connect(odd.url).locks.acquire('x', { signal: stop.signal });
    setTimeout(() => {
      stop.abort(new Error('enough'));
    }, 500);
    await expect(waiting).rejects.toThrow('enough');
    // 50, 100, 200, 400 ms, each shortened by up to half; a POST and a PUT each time.
    expect(odd.asked.length).toBeLessThan(14);
  });

  it('is told lost to work that kept the process from hearing of it', async () => {
    const good = await server({});
    let signal: AbortSignal | undefined;
    const work = connect(good.url).locks.with('x', { ttlSeconds: 1 }, async (lock) => {
      signal = lock.signal;
      const endMs = Date.now() + 1500;
      while (Date.now() < endMs);
      return Promise.resolve('done all the same');
    });
    await expect(work).rejects.toBeInstanceOf(LockLostError);
    expect(signal?.reason).toBeInstanceOf(LockLostError);
  });

  it('is kept for a TTL that is longer than any timer runs', async () => {
    const good = await server({});
    const lock = await connect(good.url).locks.acquire('x', { ttlSeconds: 8_640_000 });
    await new Promise((done) => setTimeout(done, 200));
    expect([lock.isHeld(), lock.signal.aborted]).toEqual([true, false]);
    // A timer that is asked for more than it can runs out at once: the lock would be renewed again and again.
    expect(methods(good)).toEqual(['POST', 'PUT']);
  });

  it('is given back with longer and longer waits where connections are reset', async () => {
    const port = await stablePort();
    const good = await server({}, port);
    const lock = await connect(good.url).locks.acquire('x');
    let asked = 0;
    // Whatever comes from here on is cut off before it is answered.
    const resets = createServer((socket) => {
      socket.on('error', () => undefined);
      socket.once('data', () => {
        asked++;
        socket.resetAndDestroy();
      });
    });
    good.stop();
    await new Promise<void>((listening) => resets.listen(port, '127.0.0.1', listening));
    const released = await lock.release().catch((error: unknown) => error);
    resets.close();
    expect(released).toMatchObject({ kind: 'unreachable', maybeCarriedOut: true });
    // 50, 100, ... 2000 ms, each shortened by up to half, in 5 s.
    expect(asked).toBeGreaterThan(2);
    expect(asked).toBeLessThan(40);
  }, 20_000);

  it('has no label with half a character in it', async () => {
    await expect(connect(NOBODY).locks.acquire('x', { label: 'a\ud800' })).rejects.toThrow(TypeError);
  });

  it('is observed on when the members cannot say for a moment who leads', async () => {
    const place = (index: number, value: string): FakeAnswer['body'] => ({
      action: 'get',
      node: {
        ...{ key: '/_etcd/mod/lock/e', dir: true, modifiedIndex: 7, createdIndex: 7 },
        nodes: [{ key: `/_etcd/mod/lock/e/${String(index).padStart(20, '0')}`, value, modifiedIndex: index }],
      },
    });
    const gone = { key: `/_etcd/mod/lock/e/${'7'.padStart(20, '0')}`, modifiedIndex: 9, createdIndex: 7 };
    const one = await server({});
    const reads: FakeAnswer[] = [{ body: place(7, 'a') }, NO_LEADER, { body: 'oops' }, { body: place(8, 'b') }];
    let waits = 0;
    one.answer = ({ url }) => {
      if (!url.includes('wait=true')) return { headers: { 'X-Etcd-Index': '8' }, ...reads.shift() };
      return waits++ === 0 ? { body: { action: 'delete', node: gone } } : { isOpen: true };
    };
    connect(one.url);
    const leaders: (Leader | undefined)[] = [];
    for await (const leader of client.elections.observe('e', { roundsMax: 1 })) if (leaders.push(leader) === 2) break;
    expect(leaders).toEqual([
      { label: 'a', token: 7 },
      { label: 'b', token: 8 },
    ]);
  });
});
