import { createClient, LockLostError, RefusedError, type Client, type Leader, type Lock } from '../../../src/client';
import { startInProcess, type InProcess } from '../../support/inProcess';
import { FakeServer } from '../fakeServer';
import { Gate } from './gate';

describe('locks and elections of a client', () => {
  let member: InProcess;
  let gate: Gate;
  let client: Client;
  let name = '';
  let number = 0;

  beforeAll(async () => {
    member = await startInProcess('all');
  });

  afterAll(async () => {
    await member.stop();
  });

  beforeEach(async () => {
    name = `jobs/${++number}`;
    gate = new Gate(member.port);
    await gate.start();
    client = createClient({ endpoints: gate.url, timeoutMs: 5000 });
  });

  afterEach(() => {
    client.close();
    gate.stop();
  });

  it('are had by one at a time, each with a larger token, in the order in which they came', async () => {
    const order: number[] = [];
    const tokens: number[] = [];
    let inside = 0;
    const first = await client.locks.acquire(name);
    const waiting: Promise<void>[] = [];
    for (const who of [1, 2, 3]) {
      const place = client.locks.with(name, { ttlSeconds: 10 }, async (lock) => {
        expect(++inside).toBe(1);
        order.push(who);
        tokens.push(lock.token);
        await new Promise((done) => setTimeout(done, 20));
        inside -= 1;
      });
      waiting.push(place);
      await waitingAre(who + 1);
    }
    await first.release();
    await Promise.all(waiting);
    expect(order).toEqual([1, 2, 3]);
    expect([first.token, ...tokens]).toEqual([first.token, ...tokens].sort((one, other) => one - other));
    expect(new Set([first.token, ...tokens]).size).toBe(4);
  });

  async function waitingAre(count: number): Promise<void> {
    for (let i = 0; i < 500; i++) {
      const { nodes } = await client.keys.list(`/_etcd/mod/lock/${name}`).catch(() => ({ nodes: [] }));
      if (nodes.length === count) return;
      await new Promise((done) => setTimeout(done, 10));
    }
    throw new Error(`there are never ${count} places`);
  }

  it('are not waited for if that is not wanted', async () => {
    const lock = await client.locks.acquire(name, { label: 'me' });
    expect(await client.locks.tryAcquire(name)).toBeUndefined();
    expect(await client.locks.tryAcquire(name, { waitSeconds: 1 })).toBeUndefined();
    await lock.release();
    expect(lock.isHeld()).toBe(false);
    expect(lock.signal.reason).toBeInstanceOf(LockLostError);
    const next = await client.locks.tryAcquire(name);
    expect(next?.isHeld()).toBe(true);
    await next?.release();
    await lock.release();
  });

  it('give their place in the queue back when nobody waits any more', async () => {
    const lock = await client.locks.acquire(name);
    const stop = new AbortController();
    const waiting = client.locks.acquire(name, { signal: stop.signal });
    await waitingAre(2);
    stop.abort(new Error('enough'));
    await expect(waiting).rejects.toThrow('enough');
    await waitingAre(1);
    await lock.release();
  });

  it('are kept beyond their TTL, and are told lost when somebody takes them away', async () => {
    const lock = await client.locks.acquire(name, { ttlSeconds: 6 });
    await new Promise((done) => setTimeout(done, 7000));
    expect(lock.isHeld()).toBe(true);
    await client.keys.delete(`/_etcd/mod/lock/${name}/${String(lock.token).padStart(20, '0')}`);
    const reason = await lostReason(lock);
    expect(reason).toBeInstanceOf(LockLostError);
    expect(lock.isHeld()).toBe(false);
  });

  function lostReason(lock: Lock): Promise<unknown> {
    return new Promise((resolve) => {
      if (lock.signal.aborted) resolve(lock.signal.reason);
      lock.signal.addEventListener('abort', () => {
        resolve(lock.signal.reason);
      });
    });
  }

  it('are told lost before anybody else can have them when the cluster cannot be reached', async () => {
    const lock = await client.locks.acquire(name, { ttlSeconds: 2 });
    const other = createClient({ endpoints: member.url });
    const next = other.locks.acquire(name, { ttlSeconds: 5 });
    gate.close();
    const lost = lostReason(lock).then(() => 'lost');
    expect(await Promise.race([lost, next.then(() => 'had by another')])).toBe('lost');
    expect((await next).token).toBeGreaterThan(lock.token);
    other.close();
  });

  it('are told lost in time when the members hang, and are not had by the clock of the wall alone', async () => {
    const lock = await client.locks.acquire(name, { ttlSeconds: 2 });
    const wall = jest.spyOn(Date, 'now').mockReturnValue(Date.now() + 60_000);
    // The machine slept for a minute, and its steady clock with it.
    expect(lock.isHeld()).toBe(false);
    wall.mockRestore();
    expect(lock.isHeld()).toBe(true);
    const other = createClient({ endpoints: member.url });
    const next = other.locks.acquire(name, { ttlSeconds: 5 });
    gate.freeze();
    const lost = lostReason(lock).then(() => 'lost');
    expect(await Promise.race([lost, next.then(() => 'had by another')])).toBe('lost');
    await (await next).release();
    other.close();
  });

  it('are waited for on, when the connection breaks meanwhile', async () => {
    const other = createClient({ endpoints: member.url });
    const lock = await other.locks.acquire(name);
    const waiting = client.locks.acquire(name, { ttlSeconds: 5 });
    await waitingAre(2);
    gate.cut();
    await new Promise((done) => setTimeout(done, 100));
    await lock.release();
    const had = await waiting;
    expect(had.isHeld()).toBe(true);
    await had.release();
    other.close();
  });

  it('end the work that lost its lock', async () => {
    const work = client.locks.with(name, { ttlSeconds: 1 }, async (lock) => {
      gate.close();
      await lostReason(lock);
      return 'done all the same';
    });
    await expect(work).rejects.toBeInstanceOf(LockLostError);
  });

  it('choose one that leads, and tell the others who that is', async () => {
    const seen: (Leader | undefined)[] = [];
    const stop = new AbortController();
    const observing = (async () => {
      for await (const leader of client.elections.observe(name, { signal: stop.signal })) seen.push(leader);
    })().catch((error: unknown) => error);
    const until = async (count: number): Promise<void> => {
      while (seen.length < count) await new Promise((done) => setTimeout(done, 5));
    };
    await until(1);
    const first = await client.elections.campaign(name, 'host a');
    const second = client.elections.campaign(name, 'host b');
    await waitingAre(2);
    expect(await client.elections.leader(name)).toEqual({ label: 'host a', token: first.token });
    await until(2);
    await first.release();
    const led = await second;
    await until(3);
    await led.release();
    await until(4);
    expect(seen).toEqual([
      undefined,
      { label: 'host a', token: first.token },
      { label: 'host b', token: led.token },
      undefined,
    ]);
    stop.abort(new Error('enough'));
    expect(await observing).toMatchObject({ message: 'enough' });
  });

  async function askedAre(server: FakeServer, count: number): Promise<void> {
    for (let i = 0; i < 1000 && server.asked.length < count; i++) await new Promise((done) => setTimeout(done, 10));
    expect(server.asked).toHaveLength(count);
  }

  it('are not had before a renewal says so, and are given back by whoever waits no more', async () => {
    const server = new FakeServer();
    server.answer = ({ method }) => (method === 'POST' ? { body: '7' } : { status: 404, body: 'key does not exist' });
    await server.start();
    const elsewhere = createClient({ endpoints: server.url, timeoutMs: 1000 });
    try {
      expect(await elsewhere.locks.tryAcquire('x', { label: 'me' })).toBeUndefined();
      expect(server.asked.splice(0).map(({ method }) => method)).toEqual(['POST', 'PUT']);
      server.answer = ({ method }) => (method === 'POST' ? undefined : { body: '' });
      const stop = new AbortController();
      const waiting = elsewhere.locks.acquire('x', { label: 'me', signal: stop.signal });
      await askedAre(server, 1);
      stop.abort(new Error('enough'));
      await expect(waiting).rejects.toThrow('enough');
      await askedAre(server, 2);
      const value = new URLSearchParams(server.asked[0]?.body).get('value') ?? '';
      expect(server.asked[1]).toMatchObject({
        method: 'DELETE',
        url: `/mod/v2/lock/x?${new URLSearchParams({ value }).toString()}`,
      });
    } finally {
      elsewhere.close();
      server.stop();
    }
  });

  it('say so of servers that have none, and of names that are none', async () => {
    const server = new FakeServer();
    server.answer = ({ url }) => ({ status: url.startsWith('/mod') ? 404 : 200, body: '404 page not found' });
    await server.start();
    const elsewhere = createClient({ endpoints: server.url, timeoutMs: 1000 });
    await expect(elsewhere.locks.acquire('x')).rejects.toBeInstanceOf(RefusedError);
    server.answer = () => ({ body: 'yes' });
    await expect(elsewhere.locks.acquire('x')).rejects.toThrow('it is no index of a lock');
    await expect(elsewhere.locks.acquire('/')).rejects.toThrow('has to have a name');
    for (const name of ['a/../b', '\ud800']) await expect(elsewhere.locks.acquire(name)).rejects.toThrow(TypeError);
    await expect(elsewhere.locks.acquire('x', { ttlSeconds: 0.5 })).rejects.toThrow(/ttlSeconds/);
    elsewhere.close();
    server.stop();
  });
});
