/** A member that was removed while it was away comes back with its data, and those that it knew were replaced meanwhile. */
import { cpSync } from 'node:fs';
import { Cluster } from './cluster';
import type { ClusterMember } from './clusterMember';
import { until } from './waiting';

const LIMIT_MS = 60_000;
const REMOVED = { code: 6, signal: null };

let cluster: Cluster;
let m1: ClusterMember;
let m2: ClusterMember;
let away: ClusterMember;
let copy: string;

beforeAll(async () => {
  cluster = await Cluster.start();
  [m1, m2, away] = cluster.members as [ClusterMember, ClusterMember, ClusterMember];
  expect((await m1.put('/x', 'old')).status).toBe(201);
  const id = await away.id();
  await away.kill();
  copy = `${away.dataDir}.copy`;
  cpSync(away.dataDir, copy, { recursive: true });
  expect(await cluster.remove(m1, id)).toBe(204);
  const n1 = await cluster.makePlace('n1');
  await cluster.add(m2, n1);
  n1.start([...cluster.argumentsFor(), '--initial-cluster-state', 'existing']);
  await cluster.healthy([m1, m2, n1]);
});

afterAll(() => cluster.end());

/** With an empty directory it takes its old place, under a new id. */
async function replace(member: ClusterMember): Promise<void> {
  const id = await member.id();
  await member.kill();
  member.deleteData();
  member.start();
  await cluster.healthy(cluster.members.filter((one) => one !== away));
  expect(await member.id()).not.toBe(id);
}

/** Starts the removed member with the data of before its removal. */
function comeBack(): void {
  away.deleteData();
  cpSync(copy, away.dataDir, { recursive: true });
  away.start();
}

test('while one of the two does not answer it goes on, and says what the other one says', async () => {
  await m1.kill();
  comeBack();
  const lines = (): readonly string[] => away.logs().split('\n');
  const line = await until('it says so', LIMIT_MS, () =>
    Promise.resolve(lines().find((each) => each.includes('no quorum: '))),
  );
  expect(line).toContain(`waiting for m1 (${m1.place.peerUrl});`);
  expect(line).toContain(`told that this member was removed at m2 (${m2.place.peerUrl}), `);
  expect(away.isRunning).toBe(true);
  await away.kill();
  m1.start();
  await cluster.healthy([m1, m2]);
});

test('it ends where one of the two was replaced', async () => {
  await replace(m1);
  comeBack();
  expect(await away.exited).toEqual(REMOVED);
});

test('it ends where both were', async () => {
  await replace(m2);
  comeBack();
  expect(await away.exited).toEqual(REMOVED);
});
