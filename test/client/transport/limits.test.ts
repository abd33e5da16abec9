/** How long one member is asked, and how much of its answer is read. */
import { createClient, type Client } from '../../../src/client';
import { attempt } from '../../../src/client/transport/attempt';
import { Connections, dialWith } from '../../../src/client/transport/connections';
import { Endpoints } from '../../../src/client/transport/endpoints';
import { ExchangeFailure } from '../../../src/client/transport/exchange';
import { askWithFailOver } from '../../../src/client/transport/failOver';
import type { Cluster } from '../../../src/client/watch/cluster';
import { Liveness } from '../../../src/client/watch/liveness';
import { poll } from '../../../src/client/watch/poll';
import { FakeServer } from '../fakeServer';
import { answerText, RawServer } from '../rawServer';

const EVENT = { action: 'get', node: { key: '/k', value: 'v', modifiedIndex: 3, createdIndex: 3 } };
const NOBODY = 'http://127.0.0.1:1';

describe('the limits of a client', () => {
  let hanging: RawServer;
  let good: FakeServer;
  const clients: Client[] = [];

  beforeEach(async () => {
    [hanging, good] = [new RawServer(), new FakeServer()];
    good.answer = () => ({ body: EVENT });
    await Promise.all([hanging.start(), good.start()]);
  });

  afterEach(() => {
    for (const client of clients.splice(0)) client.close();
    hanging.stop();
    good.stop();
  });

  function clientOf(endpoints: string[], more: Partial<Parameters<typeof createClient>[0]> = {}): Client {
    const client = createClient({ endpoints, order: 'given', ...more });
    clients.push(client);
    return client;
  }

  it('hold for both connections where the first one breaks', async () => {
    const [timeoutMs, breaksAfterMs] = [8000, 50];
    hanging.answer = ({ socket, number, connection }) => {
      if (connection === 1 && number === 1) socket.write(answerText(JSON.stringify(EVENT)));
      else if (connection === 1) setTimeout(() => socket.destroy(), breaksAfterMs);
    };
    const client = clientOf([hanging.url], { timeoutMs, roundsMax: 1 });
    await client.keys.get('k');
    const failure = await client.keys.get('k').catch((error: unknown) => error);
    expect(failure).toMatchObject({ kind: 'timeout', message: expect.stringMatching(/no answer within \d+ ms/) });
    expect(hanging.connections).toBe(2);
    // What the second one was given: the rest, however long this process was kept from looking. Timers may be a millisecond early.
    const restMs = Number(/within (\d+) ms/.exec(String(failure))?.[1]);
    expect(restMs).toBeLessThanOrEqual(timeoutMs - breaksAfterMs + 1);
  });

  it.each([
    ['GET', Infinity, [30_000, 30_000]],
    ['GET', 1, [30_000, Infinity]],
    ['PUT', Infinity, [Infinity, Infinity]],
  ] as const)(
    'let no member hang for ever with a %s, if another is asked after it (rounds: %d)',
    async (method, roundsMax, limits) => {
      const stop = new Error('stop');
      const asked: number[] = [];
      const asking = askWithFailOver({
        call: { method, path: '/v2/keys/k' },
        endpoints: new Endpoints([NOBODY, 'http://127.0.0.1:2'], undefined),
        ...{ timeoutMs: Infinity, signal: undefined, roundsMax, backOff: { firstMs: 1, longestMs: 1 } },
        ...{ random: Math.random, anyStatus: false, pause: () => Promise.resolve() },
        attempt: (_endpoint, timeoutMs) => {
          if (asked.push(timeoutMs) === 2) throw stop;
          throw new ExchangeFailure('timeout', new Error('no answer'), false, false);
        },
      });
      await expect(asking).rejects.toBe(stop);
      expect(asked).toEqual(limits);
    },
  );

  it('end with the headers of an answer if the whole has none', async () => {
    const timeoutMs = 5000;
    hanging.answer = ({ socket }) => {
      socket.write('HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\n');
      setTimeout(() => socket.write('late'), timeoutMs + 300);
    };
    const one = {
      ...{ call: { method: 'GET' as const, path: '/' }, endpoint: new URL(hanging.url), timeoutMs },
      ...{ connections: new Connections(dialWith(), false), connectTimeoutMs: timeoutMs, signal: undefined },
      ...{ authorization: undefined, isTrusted: () => false },
    };
    await expect(attempt(one, 100)).rejects.toBeInstanceOf(ExchangeFailure);
    expect(await attempt({ ...one, isBodyUntimed: true }, 100)).toMatchObject({ text: 'late' });
    expect(await clientOf([hanging.url], { timeoutMs: Infinity }).ask(one.call)).toMatchObject({ text: 'late' });
  });

  it('let no member hang for ever before a wait begins', async () => {
    const limits: unknown[] = [];
    const member = {
      ask: () => Promise.reject(new Error('nobody asks')),
      open: (_call: unknown, { timeoutMs }: { timeoutMs?: number } = {}) => {
        limits.push(timeoutMs);
        return Promise.reject(new Error('stop'));
      },
    };
    const cluster = { at: () => member } as unknown as Cluster;
    const options = {
      ...{ key: '/k', recursive: false, waitIndex: 1, endpoint: NOBODY, clusterId: undefined },
      ...{ checkEveryMs: 1000, signal: new AbortController().signal },
    };
    for (const timeoutMs of [Infinity, 50_000])
      await expect(poll(cluster, new Liveness(cluster), { ...options, timeoutMs })).rejects.toThrow('stop');
    expect(limits).toEqual([30_000, 50_000]);
  });

  it('open an answer at another member if the first one hangs or fails, and ask that one last then', async () => {
    const client = clientOf([hanging.url, good.url], { timeoutMs: 5000 });
    const first = await client.open({ method: 'GET', path: '/x' });
    first.body.destroy();
    expect(first.endpoint).toBe(good.url);
    expect(client.endpoints).toEqual([good.url, hanging.url]);
    // What a member said weighs more than that another one hangs.
    good.answer = () => ({ status: 500, body: 'sick' });
    await expect(client.open({ method: 'GET', path: '/x' })).rejects.toMatchObject({ status: 500, said: 'sick' });
    client.putLast(good.url);
    await expect(client.open({ method: 'PUT', path: '/x' })).rejects.toMatchObject({ maybeCarriedOut: true });
  });

  it('hold for what a watch is told, as for any other answer', async () => {
    const change = { action: 'set', node: { key: '/k', value: 'x'.repeat(5000), modifiedIndex: 6, createdIndex: 6 } };
    good.answer = () => ({ body: change });
    const troubles: string[] = [];
    const stop = new AbortController();
    const onTrouble = ({ message }: Error): void => {
      troubles.push(message);
      stop.abort(new Error('enough'));
    };
    const options = { from: { index: 5, node: undefined }, signal: stop.signal, onTrouble };
    await expect(clientOf([good.url], { answerBytesMax: 4000 }).watch('/k', options).next()).rejects.toThrow('enough');
    expect(troubles).toEqual([expect.stringContaining('longer than 4000 bytes (answerBytesMax)')]);
  });
});
