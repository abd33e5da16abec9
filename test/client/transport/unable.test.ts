/** Members that answer, and cannot do what they are asked. */
import { createClient, type Client } from '../../../src/client';
import { startFairClock } from '../../support/fairClock';
import { FakeServer, type FakeAnswer } from '../fakeServer';
import { take } from '../watch/take';

const EVENT = { action: 'get', node: { key: '/k', value: 'v', modifiedIndex: 3, createdIndex: 3 } };
const INTERNAL = { errorCode: 300, message: 'Raft Internal Error', cause: 'etcdserver: request timed out', index: 0 };
const STANDBY: FakeAnswer = {
  status: 400,
  body: { errorCode: 402, message: 'Standby Internal Error', cause: 'this process is a standby', index: 0 },
};

describe('a client of members of which one is not able', () => {
  let unable: FakeServer;
  let able: FakeServer;
  let client: Client;

  beforeEach(async () => {
    [unable, able] = [new FakeServer(), new FakeServer()];
    for (const server of [unable, able]) {
      server.answer = ({ method, url }) =>
        url.startsWith('/mod') ? { body: method === 'POST' ? '7' : '' } : { body: EVENT };
      await server.start();
    }
    client = createClient({ endpoints: [unable.url, able.url], order: 'given', timeoutMs: 5000 });
  });

  afterEach(() => {
    client.close();
    for (const server of [unable, able]) server.stop();
  });

  it.each([500, 502, 503, 504])('writes to another one after a write was answered with %i', async (status) => {
    unable.answer = () => ({ status, body: INTERNAL });
    await expect(client.keys.set('k', 'v')).rejects.toMatchObject({ status });
    expect(able.asked).toHaveLength(0);
    await client.keys.set('k', 'v');
    expect([unable.asked.length, able.asked.length]).toEqual([1, 1]);
  });

  it.each([404, 501, 505, 507])('stays with a member that says what all will say: %i', async (status) => {
    unable.answer = () => ({ status, body: 'so it is' });
    for (let i = 0; i < 2; i++) await expect(client.keys.set('k', 'v')).rejects.toMatchObject({ status });
    expect([unable.asked.length, able.asked.length]).toEqual([2, 0]);
  });

  it('keeps a lock where the member that gave it cannot renew it any more', async () => {
    // Renewed after 2 s, and lost after 5.4 s if nobody has done it by then.
    const lock = await client.locks.acquire('x', { ttlSeconds: 6 });
    unable.answer = () => ({ status: 500, body: INTERNAL });
    await new Promise((done) => setTimeout(done, 6000));
    expect(lock.isHeld()).toBe(true);
    expect(able.asked.map(({ method }) => method)).toContain('PUT');
    await lock.release();
  });

  it('passes over a standby that knows of no leader, whatever it asks', async () => {
    unable.answer = () => STANDBY;
    const change = { ...EVENT, action: 'set', node: { ...EVENT.node, modifiedIndex: 6 } };
    const { answer } = able;
    able.answer = (asked, headers) => (asked.url.includes('wait=true') ? { body: change } : answer(asked, headers));
    // As if the standby had been the best before each of them.
    const putBack = (): void => {
      client.putLast(able.url);
      expect(client.endpoints[0]).toBe(unable.url);
    };
    expect((await client.keys.get('k')).node.value).toBe('v');
    putBack();
    await client.keys.set('k', 'v');
    putBack();
    const { body } = await client.open({ method: 'PUT', path: '/v2/keys/k' });
    body.destroy();
    putBack();
    expect((await client.locks.acquire('x')).token).toBe(7);
    putBack();
    const watch = client.watch('/k', { from: { index: 5, node: undefined } });
    expect(await take(watch, 1)).toMatchObject([{ index: 6 }]);
    expect(unable.asked).toHaveLength(5);
  });

  it('tells what a standby says if there is nobody else', async () => {
    unable.answer = () => STANDBY;
    const alone = createClient({ endpoints: unable.url, roundsMax: 2, backOff: { firstMs: 1, longestMs: 1 } });
    await expect(alone.keys.set('k', 'v')).rejects.toMatchObject({ status: 400, code: 402 });
    await expect(alone.open({ method: 'GET', path: '/x' })).rejects.toMatchObject({ status: 400, code: 402 });
    expect(unable.asked).toHaveLength(3);
    alone.close();
  });

  it('is healthy, and ready, if one member is, and asks that one first then', async () => {
    unable.answer = () => ({ status: 503, body: { health: 'false' } });
    able.answer = () => ({ body: { health: 'true' } });
    expect(await client.isHealthy()).toBe(true);
    expect(client.endpoints).toEqual([able.url, unable.url]);
    client.putLast(able.url);
    expect(await client.isReady()).toBe(true);
    able.answer = unable.answer;
    const elapsedMs = startFairClock();
    expect([await client.isHealthy(), await client.isReady()]).toEqual([false, false]);
    // Each was asked once: nobody waits for one that gets better.
    expect(elapsedMs()).toBeLessThan(4000);
    expect([unable.asked.length, able.asked.length]).toEqual([4, 4]);
  });
});
