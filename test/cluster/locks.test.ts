/** Locks of three real members: clients, members and the leader die, and whoever is next has the lock. */
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { request as httpRequest } from 'node:http';
import { Cluster } from './cluster';
import type { ClusterMember } from './clusterMember';
import { call, closeConnections, type Answer } from './httpClient';
import { sleep, until } from './waiting';
import { startFairClock } from '../support/fairClock';

const LONG_MS = 90_000;
/** Elections are not disturbed by a machine that is busy with other tests. */
const TIMES = ['--heartbeat-interval', '50', '--election-timeout', '1000'];

let cluster: Cluster;
const clients = new Set<ChildProcess>();

beforeAll(async () => {
  cluster = await Cluster.start({ moreArguments: TIMES });
});

afterAll(async () => {
  for (const client of clients) client.kill('SIGKILL');
  closeConnections();
  await cluster.end();
});

function acquire(member: ClusterMember, lock: string, value: string, ttl = 300): Promise<Answer> {
  const form = { ttl: String(ttl), value };
  return call(member.clientPort, { method: 'POST', target: `/mod/v2/lock/${lock}`, form }, LONG_MS);
}

function release(member: ClusterMember, lock: string, value: string): Promise<Answer> {
  return call(member.clientPort, { method: 'DELETE', target: `/mod/v2/lock/${lock}?value=${value}` }, LONG_MS);
}

/** The values in the queue, in their order. */
async function queue(member: ClusterMember, lock: string): Promise<readonly (string | undefined)[]> {
  const answer = await member.get(`/v2/keys/_etcd/mod/lock/${lock}?quorum=true&sorted=true`);
  if (answer.status !== 200) return [];
  const { node } = JSON.parse(answer.text) as { node: { nodes?: { value: string }[] } };
  return (node.nodes ?? []).map(({ value }) => value);
}

async function untilQueue(
  member: ClusterMember,
  lock: string,
  values: readonly string[],
  limitMs = 10_000,
): Promise<void> {
  await until(`the queue is ${values.join()}`, limitMs, async () => {
    const found = await queue(member, lock).catch(() => ['nobody knows']);
    return found.join() === values.join() || undefined;
  });
}

/** A client in a process of its own. */
function waitingProcess(member: ClusterMember, lock: string, value: string): ChildProcess {
  const url = `${member.clientUrl}/mod/v2/lock/${lock}?ttl=300&value=${value}`;
  const client = spawn(process.execPath, ['-e', `fetch(${JSON.stringify(url)}, { method: 'POST' })`], {
    stdio: 'ignore',
  });
  clients.add(client);
  return client;
}

test('a waiting client that is killed loses its place at once', async () => {
  const [one, two, three] = cluster.members as [ClusterMember, ClusterMember, ClusterMember];
  expect((await acquire(one, 'client', 'holder')).status).toBe(200);
  const killed = waitingProcess(two, 'client', 'killed');
  await untilQueue(one, 'client', ['holder', 'killed']);
  const next = acquire(three, 'client', 'next');
  await untilQueue(one, 'client', ['holder', 'killed', 'next']);
  killed.kill('SIGKILL');
  await once(killed, 'exit');
  await untilQueue(one, 'client', ['holder', 'next'], 3000);
  expect((await release(two, 'client', 'holder')).status).toBe(200);
  expect((await next).status).toBe(200);
  await release(one, 'client', 'next');
});

test('a holder that says nothing any more loses the lock within a second after its TTL', async () => {
  const [one, two] = cluster.members as [ClusterMember, ClusterMember];
  expect((await acquire(one, 'expiry', 'silent', 2)).status).toBe(200);
  const sinceMs = performance.now();
  const elapsedMs = startFairClock();
  const next = await acquire(two, 'expiry', 'next');
  const [tookMs, fairMs] = [performance.now() - sinceMs, elapsedMs()];
  expect(next.status).toBe(200);
  expect(tookMs).toBeGreaterThan(1500);
  // Another second for a machine that is busy with other tests.
  expect(fairMs).toBeLessThan(4000);
  await release(one, 'expiry', 'next');
});

test('a member that stops cuts its waiting clients, and takes them out of the queue', async () => {
  const [stopped, other] = (await cluster.followers()) as [ClusterMember, ClusterMember];
  expect((await acquire(other, 'stop', 'holder')).status).toBe(200);
  const cut = acquire(stopped, 'stop', 'cut').then(
    () => 'answered',
    (error: unknown) => (error as Error).name,
  );
  await untilQueue(other, 'stop', ['holder', 'cut']);
  await stopped.stop();
  expect(await cut).toBe('NoAnswer');
  await untilQueue(other, 'stop', ['holder'], 3000);
  stopped.start(cluster.argumentsFor());
  await cluster.healthy();
  await release(other, 'stop', 'holder');
});

/** A client with a connection of its own; resolves with the fencing token. */
function waitingConnection(member: ClusterMember, lock: string): Promise<number> {
  const path = `/mod/v2/lock/${lock}?ttl=120`;
  return new Promise((resolve, reject) => {
    const options = { host: '127.0.0.1', port: member.clientPort, method: 'POST', path, agent: false };
    const request = httpRequest(options, (response) => {
      let text = '';
      response.setEncoding('utf8');
      response.on('data', (piece: string) => (text += piece));
      response.on('end', () => (response.statusCode === 200 ? resolve(Number(text)) : reject(new Error(text))));
      response.on('error', reject);
    });
    request.on('error', reject);
    request.end();
  });
}

test('200 clients that wait with a connection each, at all members, are served one at a time, in their order', async () => {
  const count = 200;
  const { members } = cluster;
  const [one] = members as [ClusterMember];
  expect((await acquire(one, 'crowd', 'holder')).status).toBe(200);
  const served: number[] = [];
  let holders = 0;
  let mostHolders = 0;
  const waiting = Array.from({ length: count }, async (_, number) => {
    const token = await waitingConnection(members[number % members.length]!, 'crowd');
    served.push(token);
    mostHolders = Math.max(mostHolders, ++holders);
    // Long enough to see another one that has it, too.
    await sleep(5);
    holders--;
    const target = `/mod/v2/lock/crowd?index=${token}`;
    const released = await call(
      members[(number + 1) % members.length]!.clientPort,
      { method: 'DELETE', target },
      LONG_MS,
    );
    expect(released.status).toBe(200);
  });
  await until('all wait', 60_000, async () => (await queue(one, 'crowd')).length === count + 1 || undefined);
  expect(served).toEqual([]);
  await release(one, 'crowd', 'holder');
  await Promise.all(waiting);
  expect([served.length, new Set(served).size, mostHolders]).toEqual([count, count, 1]);
  expect(served).toEqual([...served].sort((a, b) => a - b));
});

test('the leader is killed: whoever waited there queues again at another member, and its place ends by itself', async () => {
  const leader = await cluster.leader();
  const [one, two] = (await cluster.followers()) as [ClusterMember, ClusterMember];
  expect((await acquire(one, 'member', 'holder')).status).toBe(200);
  const cut = acquire(leader, 'member', 'lost').then(
    () => 'answered',
    (error: unknown) => (error as Error).name,
  );
  await untilQueue(one, 'member', ['holder', 'lost']);
  const served: string[] = [];
  const waits = (member: ClusterMember, value: string): Promise<number> =>
    acquire(member, 'member', value).then(({ status, text }) => {
      expect(status).toBe(200);
      served.push(value);
      return Number(text);
    });
  const next = waits(two, 'next');
  await untilQueue(one, 'member', ['holder', 'lost', 'next']);
  await leader.kill();
  expect(await cut).toBe('NoAnswer');
  const again = waits(one, 'again');
  await untilQueue(two, 'member', ['holder', 'lost', 'next', 'again'], 15_000);
  expect((await release(two, 'member', 'holder')).status).toBe(200);
  expect(served).toEqual([]);
  // Its place was kept alive by the member that is dead: 15 seconds, and the look of the next leader for keys that are due.
  const token = await next;
  expect(await queue(one, 'member')).toEqual(['next', 'again']);
  expect((await release(one, 'member', 'next')).status).toBe(200);
  expect(await again).toBeGreaterThan(token);
  expect(served).toEqual(['next', 'again']);
  await release(one, 'member', 'again');
  leader.start(cluster.argumentsFor());
  await cluster.healthy();
  await until(
    'nothing is left of any lock',
    15_000,
    async () => (await one.get('/v2/keys/_etcd/mod')).status === 404 || undefined,
  );
});
