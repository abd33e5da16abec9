/** Users and roles in a cluster of real processes: changed through any member, felt at each, and there after whatever happens. */
import { get as httpGet } from 'node:http';
import { Cluster } from './cluster';
import type { ClusterMember } from './clusterMember';
import { call, type Answer, type Call } from './httpClient';
import { ready } from './upgrading';
import { until } from './waiting';
import { startFairClock } from '../support/fairClock';

const ROOT = 'root:secret';
const ANN = 'ann:hers';
const FELT_WITHIN_MS = 5000;
/** The log is cut so soon that a newcomer is sent the state. */
const SNAPSHOT_COUNT = 20;

let cluster: Cluster;
beforeAll(async () => {
  cluster = await Cluster.start({
    ...{ heartbeatIntervalMs: 100, electionTimeoutMs: 1000 },
    moreArguments: ['--snapshot-count', String(SNAPSHOT_COUNT)],
  });
});
afterAll(() => cluster.end());

const nth = (at: number): ClusterMember => cluster.members[at]!;

function ask(member: ClusterMember, method: string, target: string, more: Partial<Call> = {}): Promise<Answer> {
  return call(member.clientPort, { method, target, ...more });
}

async function asRoot(member: ClusterMember, method: string, target: string, json?: unknown): Promise<number> {
  return (await ask(member, method, target, { basic: ROOT, ...(json === undefined ? {} : { json }) })).status;
}

/** What each member answers to the read of a key, once all answer the same. */
async function reads(key: string, status: number, basic?: string): Promise<void> {
  const more = basic === undefined ? {} : { basic };
  await until(`all members answer ${status} to ${basic ?? 'a guest'}`, FELT_WITHIN_MS, async () => {
    const answers = await Promise.all(cluster.members.map((member) => ask(member, 'GET', `/v2/keys${key}`, more)));
    return answers.every((answer) => answer.status === status) || undefined;
  });
}

/** A watch that was registered; resolves with the milliseconds until its connection ended. */
function watch(member: ClusterMember, key: string, basic: string): Promise<{ readonly ended: Promise<void> }> {
  return new Promise((resolve, reject) => {
    const target = `/v2/keys${key}?wait=true&stream=true`;
    const request = httpGet({ host: '127.0.0.1', port: member.clientPort, path: target, auth: basic }, (response) => {
      const ended = new Promise<void>((over) => response.on('close', over));
      response.on('error', () => undefined);
      response.resume();
      if (response.statusCode === 200) resolve({ ended });
      else reject(new Error(`status ${response.statusCode}`));
    });
    request.on('error', reject);
  });
}

it('users and roles are made through any member, and hold at each', async () => {
  expect(await asRoot(nth(0), 'PUT', '/v2/auth/users/root', { user: 'root', password: 'secret' })).toBe(201);
  const ann = { user: 'ann', password: 'hers', roles: ['reader'] };
  expect(await asRoot(nth(1), 'PUT', '/v2/auth/users/ann', ann)).toBe(200);
  const reader = { role: 'reader', permissions: { kv: { read: ['/a*'], write: [] } } };
  expect(await asRoot(nth(2), 'PUT', '/v2/auth/roles/reader', reader)).toBe(201);
  await nth(0).put('/a', '1');
  await nth(0).put('/b', '1');
  expect(await asRoot(nth(1), 'PUT', '/v2/auth/enable')).toBe(200);
  await reads('/b', 200);
  expect(await asRoot(nth(2), 'DELETE', '/v2/auth/roles/guest')).toBe(200);
  await reads('/a', 401);
  await reads('/a', 200, ANN);
  await reads('/b', 401, ANN);
  await reads('/b', 200, ROOT);
});

it('of two that make the same user at two members at once one is told that it exists', async () => {
  const bob = { user: 'bob', password: 'his', roles: ['reader'] };
  const statuses = await Promise.all([0, 2].map((at) => asRoot(nth(at), 'PUT', '/v2/auth/users/bob', bob)));
  expect(statuses.sort()).toEqual([200, 409]);
});

it('a watch ends at every member within a second after the right is taken away at one', async () => {
  const watches = await Promise.all(cluster.members.map((member) => watch(member, '/a', ANN)));
  const kept = await watch(nth(1), '/a', ROOT);
  const elapsedMs = startFairClock();
  const revoked = asRoot(nth(0), 'PUT', '/v2/auth/users/ann', { user: 'ann', revoke: ['reader'] });
  await Promise.all(watches.map(({ ended }) => ended));
  expect(elapsedMs()).toBeLessThan(1000);
  expect(await revoked).toBe(200);
  await reads('/a', 401, ANN);
  let isOver = false;
  void kept.ended.then(() => (isOver = true));
  expect(await asRoot(nth(0), 'PUT', '/v2/auth/users/ann', { user: 'ann', grant: ['reader'] })).toBe(200);
  await reads('/a', 200, ANN);
  expect(isOver).toBe(false);
});

it('a newcomer that is sent the state knows them from the start', async () => {
  for (let count = 0; count < SNAPSHOT_COUNT * 3; count++) {
    const form = { value: String(count) };
    expect((await ask(nth(0), 'PUT', '/v2/keys/c', { form, basic: ROOT })).status).toBeLessThan(300);
  }
  const newcomer = await cluster.makePlace('m4');
  const json = { peerURLs: [newcomer.place.peerUrl] };
  expect((await ask(nth(0), 'POST', '/v2/members', { json, basic: ROOT })).status).toBe(201);
  newcomer.start(cluster.argumentsFor(cluster.members, '--initial-cluster-state', 'existing'));
  await ready(newcomer);
  const metrics = (await newcomer.get('/metrics')).text;
  expect(metrics).toMatch(/^etcd_network_snapshot_receive_success.* [1-9]/m);
  await reads('/a', 401);
  await reads('/a', 200, ANN);
  await reads('/b', 401, ANN);
});

it('they are there after all members were killed in one instant', async () => {
  const listed = (await ask(nth(0), 'GET', '/v2/auth/users', { basic: ROOT })).text;
  expect(listed).toContain('"ann"');
  await cluster.killAll();
  for (const member of cluster.members) member.start();
  await Promise.all(cluster.members.map(ready));
  for (const member of cluster.members) {
    expect((await ask(member, 'GET', '/v2/auth/users', { basic: ROOT })).text).toBe(listed);
  }
  await reads('/a', 401);
  await reads('/a', 200, ANN);
});
