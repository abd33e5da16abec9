/** Members that lie, lag, stop or belong elsewhere: what a watch tells is true all the same. */
import { createClient, type Client, type WatchOptions } from '../../../src/client';
import { FakeServer, type FakeAnswer } from '../fakeServer';
import { take } from './take';

const DIRECTORY = { action: 'get', node: { key: '/d', dir: true, modifiedIndex: 5, createdIndex: 5 } };

function event(index: number, key = '/d/k', value = `v${index}`): FakeAnswer {
  return {
    body: { action: 'set', node: { key, value, modifiedIndex: index, createdIndex: index } },
    headers: headers(index),
  };
}

function headers(index: number, cluster = 'abc'): Record<string, string> {
  return { 'X-Etcd-Index': String(index), 'X-Etcd-Cluster-Id': cluster };
}

/** Waits of the script in their order, and silence after them; everything else is answered well. */
class Member extends FakeServer {
  readonly waits: (FakeAnswer | 'silence')[] = [];
  waitIndexes: number[] = [];
  listing: FakeAnswer = { body: DIRECTORY, headers: headers(10) };
  isHealthy = true;

  constructor() {
    super();
    this.answer = ({ url }) => {
      if (url === '/health') return { body: { health: this.isHealthy ? 'true' : 'false' } };
      if (!url.includes('wait=true')) return this.listing;
      this.waitIndexes.push(Number(/waitIndex=(\d+)/.exec(url)?.[1]));
      const next = this.waits.shift() ?? 'silence';
      return next === 'silence' ? { headers: headers(10), isOpen: true } : next;
    };
  }
}

describe('a watch of members that are not as they should be', () => {
  const members: Member[] = [];
  let client: Client;

  async function start(count: number): Promise<readonly Member[]> {
    for (let i = 0; i < count; i++) {
      const member = new Member();
      await member.start();
      members.push(member);
    }
    client = createClient({ endpoints: members.map(({ url }) => url), order: 'given', timeoutMs: 2000 });
    return members;
  }

  afterEach(() => {
    client.close();
    for (const member of members.splice(0)) member.stop();
  });

  function watch(options: WatchOptions = {}): ReturnType<Client['watch']> {
    return client.watch('/d', { recursive: true, checkEveryMs: 60, ...options });
  }

  it('never goes back: what is older than what was told is not told, and another member is asked', async () => {
    const [first, second] = await start(2);
    first?.waits.push(event(11), event(4), event(11));
    second?.waits.push(event(12));
    const troubles: string[] = [];
    const watching = watch({
      onTrouble: ({ message }) => {
        troubles.push(message);
      },
    });
    expect((await take(watching, 2)).map(({ index }) => index)).toEqual([11, 12]);
    expect([first?.waitIndexes, second?.waitIndexes.slice(0, 1)]).toEqual([[11, 12], [12]]);
    expect(troubles).toEqual([expect.stringContaining('it is of the past (index 4, and 12 or later was asked for)')]);
  });

  it('takes no comparison from a member that lags', async () => {
    const [first, second] = await start(2);
    const cleared = { status: 400, body: { errorCode: 401, message: 'cleared', cause: '', index: 99 } };
    first?.waits.push(event(20), cleared);
    if (first === undefined || second === undefined) return;
    // The first answers with a listing of the past: the key that was told is not even in it.
    second.listing = {
      body: { ...DIRECTORY, node: { ...DIRECTORY.node, nodes: [{ key: '/d/k', value: 'later', modifiedIndex: 30 }] } },
      headers: headers(40),
    };
    second.waits.push(cleared);
    const changes = await take(watch(), 2);
    expect(changes).toMatchObject([
      { index: 20, isSynthesized: false },
      { index: 40, isSynthesized: true, action: 'set', node: { value: 'later' }, prevNode: { value: 'v20' } },
    ]);
  });

  it.each<readonly [string, FakeAnswer]>([
    ['half a JSON', { body: '{"action":"set","node":{' }],
    ['nothing', { body: '' }],
    ['a read', { body: DIRECTORY }],
    ['a broken member', { status: 500, body: 'oops' }],
    ['the long page of a proxy', { status: 502, body: 'x'.repeat(100_000) }],
    ['no leader', { status: 500, body: { errorCode: 300, message: 'Raft Internal Error', index: 0 } }],
    ['a recovery', { status: 400, body: { errorCode: 400, message: 'watcher is cleared', index: 0 } }],
    ['somewhere else', { status: 307, headers: { Location: '/v2/keys/d?wait=true&waitIndex=12&recursive=true' } }],
  ])('overcomes %s', async (_what, answer) => {
    const [first, second] = await start(2);
    first?.waits.push(event(11), ...Array.from({ length: 8 }, () => answer));
    second?.waits.push(answer, event(12));
    expect((await take(watch(), 2)).map(({ index }) => index)).toEqual([11, 12]);
  });

  it('tells a comparison of any length, and ends in the midst of it', async () => {
    const [member] = await start(1);
    if (member === undefined) return;
    const count = 150_000;
    const nodes = Array.from({ length: count }, (_, i) => ({ key: `/d/${i}`, value: '', modifiedIndex: 10 + i }));
    member.waits.push({ status: 400, body: { errorCode: 401, message: 'cleared', cause: '', index: 99 } });
    const watching = watch({ checkEveryMs: 60_000 });
    await watching.ready();
    member.listing = { body: { ...DIRECTORY, node: { ...DIRECTORY.node, nodes } }, headers: headers(200_000) };
    const changes = await take(watching, count - 1);
    expect(changes.at(-1)?.node.key).toBe(`/d/${count - 2}`);
    await watching.return();
    expect((await watching.next()).done).toBe(true);
  });

  it('does not tell of keys that were not asked for, and goes on behind them', async () => {
    const [first] = await start(1);
    first?.waits.push(event(11, '/dir'), event(12, '/d/_hidden/x'), event(13, '/d/a/_b'), event(14, '/d/k'));
    const changes = await take(watch(), 1);
    expect(changes.map(({ node }) => node.key)).toEqual(['/d/k']);
    expect(first?.waitIndexes.slice(0, 4)).toEqual([11, 12, 13, 14]);
  });

  it('does not tell of hidden keys when it compares either', async () => {
    const [first] = await start(1);
    const cleared = { status: 400, body: { errorCode: 401, message: 'cleared', cause: '', index: 99 } };
    first?.waits.push(event(11, '/d/_secret', 'hush'), event(12, '/d/_hidden/x'), cleared);
    const watching = watch();
    await watching.ready();
    if (first === undefined) return;
    first.listing = {
      body: { ...DIRECTORY, node: { ...DIRECTORY.node, nodes: [{ key: '/d/k', value: 'v', modifiedIndex: 30 }] } },
      headers: headers(40),
    };
    expect(await take(watching, 1)).toMatchObject([{ action: 'set', node: { key: '/d/k' }, index: 40 }]);
  });

  it('leaves a member that is silent because it has lost the others', async () => {
    const [first, second] = await start(2);
    second?.waits.push(event(11));
    if (first !== undefined) first.isHealthy = false;
    const changes = await take(watch(), 1);
    expect(changes.map(({ index }) => index)).toEqual([11]);
  });

  it('leaves a member that is silent because it hangs', async () => {
    const [first, second] = await start(2);
    // As often as it is asked for, as a history has it: on a busy machine 300 ms are over before an answer is read.
    second?.waits.push(...Array.from({ length: 1000 }, () => event(11)));
    if (first !== undefined) {
      const { answer } = first;
      first.answer = (asked, head) => (asked.url === '/health' ? undefined : answer(asked, head));
    }
    expect((await take(watch({ timeoutMs: 300 }), 1)).map(({ index }) => index)).toEqual([11]);
  });

  it('asks once whether a member is alive for all the watches that are silent there', async () => {
    const [first] = await start(1);
    const beganMs = performance.now();
    const watches = Array.from({ length: 20 }, () => watch());
    await Promise.all(watches.map((one) => one.ready()));
    const questions = (): number => first?.asked.filter(({ url }) => url === '/health').length ?? 0;
    for (let i = 0; i < 1000 && questions() < 20; i++) await new Promise((done) => setTimeout(done, 10));
    expect(questions()).toBeGreaterThanOrEqual(20);
    // No answer is asked for again before it is half of 60 ms old; each for itself would be 20 in 60 ms. Counted from the first watch on,
    // because where the machine is busy a question may be under way for long.
    expect(questions()).toBeLessThanOrEqual((performance.now() - beganMs) / 30 + 3);
    for (const one of watches) await one.return();
  });

  it('does not listen to a member of another cluster, unless all of them are', async () => {
    const [first, second] = await start(2);
    if (first === undefined || second === undefined) return;
    const stranger = { ...event(500), headers: headers(500, 'fff') };
    first.waits.push(event(11), stranger);
    second.waits.push(event(12), stranger, stranger);
    const watching = watch();
    expect((await take(watching, 2)).map(({ index }) => index)).toEqual([11, 12]);
    // A new cluster has taken their place, whose indexes begin anew.
    for (const member of [first, second]) {
      member.waits.push(...Array.from({ length: 6 }, () => ({ ...event(3), headers: headers(3, 'fff') })));
      member.listing = { body: DIRECTORY, headers: headers(7, 'fff') };
    }
    expect(await take(watching, 1)).toMatchObject([{ action: 'delete', node: { key: '/d/k' }, index: 7 }]);
  });

  it('listens to a new cluster in which there is no such key', async () => {
    const [first, second] = await start(2);
    if (first === undefined || second === undefined) return;
    first.waits.push(event(11));
    const watching = watch();
    expect((await take(watching, 1)).map(({ index }) => index)).toEqual([11]);
    for (const member of [first, second]) {
      member.waits.push(...Array.from({ length: 100 }, () => ({ ...event(8), headers: headers(8, 'fff') })));
      member.listing = {
        status: 404,
        body: { errorCode: 100, message: 'Key not found', cause: '/d', index: 7 },
        headers: headers(7, 'fff'),
      };
    }
    expect(await take(watching, 2)).toMatchObject([
      { action: 'delete', node: { key: '/d' }, index: 7 },
      { action: 'set', node: { key: '/d/k' }, index: 8 },
    ]);
  });

  it('gives up where no member can help', async () => {
    const [first] = await start(1);
    first?.waits.push({
      status: 401,
      body: { errorCode: 110, message: 'The request requires user authentication', index: 0 },
    });
    await expect(watch().next()).rejects.toMatchObject({ code: 110 });
    if (first !== undefined) first.listing = { status: 404, body: 'no such page' };
    await expect(watch().next()).rejects.toMatchObject({ kind: 'refused', status: 404 });
  });

  it('does not run in circles where the history never reaches back', async () => {
    const [first] = await start(1);
    const cleared = { status: 400, body: { errorCode: 401, message: 'cleared', cause: '', index: 99 } };
    first?.waits.push(...Array.from({ length: 1000 }, () => cleared));
    const watching = watch();
    await watching.ready();
    await new Promise((done) => setTimeout(done, 500));
    expect(first?.waitIndexes.length).toBeLessThan(12);
    await watching.return();
  });

  it('does not run in circles where everything fails', async () => {
    const [first] = await start(1);
    first?.waits.push(...Array.from({ length: 1000 }, () => ({ body: 'nonsense' })));
    const watching = watch();
    await watching.ready();
    await new Promise((done) => setTimeout(done, 500));
    // 20, 40, 80, 160, 320 ms, each shortened by up to half.
    expect(first?.waitIndexes.length).toBeLessThan(12);
    await watching.return();
  });
});
