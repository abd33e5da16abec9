/** The data directory of a member is replaced by an older copy of it, while the others went on. */
import { cpSync, existsSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { DIFFERING_FILE } from '../../src/platform/differingDirectory';
import { Cluster } from './cluster';
import type { ClusterMember } from './clusterMember';
import { until } from './waiting';

let cluster: Cluster;

beforeEach(async () => {
  // Who leads must not change by itself on a busy machine: only the leader of that time knows what was acknowledged.
  cluster = await Cluster.start({ heartbeatIntervalMs: 100, electionTimeoutMs: 2000 });
});

afterEach(() => cluster.end());

/** A follower that acknowledged /late, and has an older copy instead of its data directory now. */
async function restored(): Promise<ClusterMember> {
  const [member] = await cluster.followers();
  if (member === undefined) throw new Error('nobody follows');
  expect((await member.put('/early', '1')).status).toBe(201);
  const copy = `${member.dataDir}.copy`;
  await member.stop();
  cpSync(member.dataDir, copy, { recursive: true });
  member.start();
  await cluster.healthy();
  for (let n = 0; n < 20; n++) expect((await member.put('/late', `${n}`)).status).toBeLessThan(202);
  await member.stop();
  rmSync(member.dataDir, { recursive: true });
  cpSync(copy, member.dataDir, { recursive: true });
  return member;
}

test('under the same leader it ends with 11, and with 7 at each later start, or takes its place as a new member', async () => {
  const leader = await cluster.leader();
  const member = await restored();
  const { id } = (await leader.members()).find(({ name }) => name === member.name) ?? {};
  const args = cluster.argumentsFor();

  member.start([...args, '--auto-rejoin=false']);
  expect(await member.exited).toEqual({ code: 11, signal: null });
  expect(member.logs()).toContain('the data of this member are older than what it acknowledged');
  expect(existsSync(join(member.dataDir, DIFFERING_FILE))).toBe(true);
  for (const _start of [1, 2]) {
    member.start([...args, '--auto-rejoin=false']);
    expect(await member.exited).toEqual({ code: 7, signal: null });
  }
  expect(await cluster.leader()).toBe(leader);

  member.start(args);
  await cluster.healthy();
  expect(await member.id()).not.toBe(id);
  expect(await member.value('/late')).toBe('19');
});

test('after a change of leaders nobody knows what it acknowledged: it takes in what it lacks before it serves', async () => {
  const leader = await cluster.leader();
  const member = await restored();
  const other = cluster.members.find((each) => each !== leader && each !== member);
  await leader.stop();
  leader.start();
  const next = await cluster.leader();
  expect([leader, other]).toContain(next);
  member.start();
  // The first linearizable read that it answers shows nothing older.
  expect(await until('it answers', 60_000, () => member.value('/late', '?quorum=true'))).toBe('19');
  await until('it caught up', 60_000, async () => (await member.value('/late')) === '19');
  expect(await member.value('/early')).toBe('1');
});
