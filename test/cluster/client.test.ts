/** `cairn/client` of three real members that are killed, stopped and started again. */
import { createClient, NoAnswerError, EtcdError, type Change, type Client } from '../../src/client';
import { Cluster } from './cluster';
import { closeConnections } from './httpClient';
import { until } from './waiting';

let cluster: Cluster;

beforeAll(async () => {
  cluster = await Cluster.start({ moreArguments: ['--heartbeat-interval', '50', '--election-timeout', '500'] });
});

afterAll(async () => {
  closeConnections();
  await cluster.end();
});

function newClient(): Client {
  return createClient({ endpoints: cluster.members.map(({ clientUrl }) => clientUrl), timeoutMs: 3000 });
}

/** Writes values that nobody else writes until it is told to stop; answers the indexes of those that were acknowledged, by value. */
function writeOn(client: Client, directory: string): { stop(): Promise<ReadonlyMap<string, number>> } {
  const acknowledged = new Map<string, number>();
  let isStopping = false;
  const writing = (async () => {
    for (let number = 1; !isStopping; number++) {
      try {
        const { node } = await client.keys.set(`${directory}/k${number % 5}`, String(number));
        acknowledged.set(String(number), node.modifiedIndex);
      } catch (error) {
        if (!(error instanceof NoAnswerError || (error instanceof EtcdError && error.code === 300))) throw error;
      }
    }
  })();
  return {
    stop: async () => {
      isStopping = true;
      await writing;
      return acknowledged;
    },
  };
}

function check(changes: readonly Change[], acknowledged: ReadonlyMap<string, number>): void {
  const indexes = changes.map(({ index }) => index);
  expect(indexes).toEqual([...new Set(indexes)].sort((one, other) => one - other));
  const seen = new Map(changes.map(({ node, index }) => [node.value, index]));
  expect(acknowledged.size).toBeGreaterThan(0);
  for (const [value, index] of acknowledged) expect([value, seen.get(value)]).toEqual([value, index]);
  expect(changes.some(({ isSynthesized }) => isSynthesized)).toBe(false);
}

it('tells each acknowledged write once and in order while members die, hang and come back', async () => {
  const directory = '/watched';
  const [writer, reader] = [newClient(), newClient()];
  const watch = reader.watch(directory, { recursive: true, checkEveryMs: 500, timeoutMs: 1000 });
  await watch.ready();
  const changes: Change[] = [];
  const reading = (async () => {
    for await (const change of watch) {
      changes.push(change);
      if (change.node.value === 'the end') break;
    }
  })();
  const { stop } = writeOn(writer, directory);
  const more = (count: number): Promise<unknown> => {
    const target = changes.length + count;
    return until(`${count} more changes`, 60_000, () => Promise.resolve(changes.length >= target || undefined));
  };
  const watchedAt = (): (typeof cluster.members)[number] | undefined =>
    cluster.members.find(({ clientUrl }) => clientUrl === reader.endpoints[0]);

  await more(30);
  const killed = watchedAt();
  await killed?.kill();
  await more(30);
  killed?.start();
  await killed?.healthy(30_000);
  const hanging = watchedAt();
  hanging?.signal('SIGSTOP');
  await more(30);
  hanging?.signal('SIGCONT');
  await (await cluster.leader()).kill();
  await more(30);
  const acknowledged = await stop();
  await writer.keys.set(`${directory}/end`, 'the end');
  await reading;
  check(changes, acknowledged);
  writer.close();
  reader.close();
});

it('waits on for a lock when the member that it waits at dies, and tells nobody else that he has it', async () => {
  for (const member of cluster.members.filter(({ isRunning }) => !isRunning)) member.start();
  await cluster.healthy();
  const [holder, waiter] = [newClient(), newClient()];
  const lock = await holder.locks.acquire('work', { ttlSeconds: 20 });
  const waiting = waiter.locks.acquire('work', { ttlSeconds: 20 });
  await until('it waits', 60_000, async () => {
    const { nodes } = await holder.keys.list('/_etcd/mod/lock/work');
    return nodes.length === 2 || undefined;
  });
  const [endpoint] = waiter.endpoints;
  await cluster.members.find(({ clientUrl }) => clientUrl === endpoint)?.kill();
  const isHad = await Promise.race([waiting.then(() => true), new Promise((done) => setTimeout(done, 2000, false))]);
  expect([isHad, lock.isHeld()]).toEqual([false, true]);
  await lock.release();
  const next = await waiting;
  expect(next.token).toBeGreaterThan(lock.token);
  await next.release();
  holder.close();
  waiter.close();
});

it('learns of members it was not given, and uses them when the one it was given dies', async () => {
  for (const member of cluster.members.filter(({ isRunning }) => !isRunning)) member.start();
  await cluster.healthy();
  const [given] = cluster.members;
  const client = createClient({ endpoints: given?.clientUrl ?? '', discoverEveryMs: 60_000, timeoutMs: 20_000 });
  await client.keys.set('/discovered', '1');
  await until('the others are known', 60_000, () => Promise.resolve(client.endpoints.length === 3 || undefined));
  await given?.kill();
  await client.keys.set('/discovered', '2');
  expect((await client.keys.get('/discovered')).node.value).toBe('2');
  client.close();
});
