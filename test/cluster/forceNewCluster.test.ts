/** Two of three members are lost for good: the third goes on alone, and grows to three again. */
import { Cluster } from './cluster';
import type { ClusterMember } from './clusterMember';
import { until } from './waiting';

let cluster: Cluster;

afterEach(() => cluster.end());

async function indexOf(member: ClusterMember): Promise<number> {
  return Number((await member.get('/v2/keys/')).headers['x-etcd-index']);
}

test('a survivor with --force-new-cluster serves what it has, refuses the lost ones and takes new ones', async () => {
  cluster = await Cluster.start();
  const keys = Array.from({ length: 40 }, (_, number) => `/kept/${number}`);
  for (const key of keys) expect((await cluster.members[0]!.put(key, key)).status).toBe(201);
  const [survivor, lost, gone] = cluster.members as [ClusterMember, ClusterMember, ClusterMember];
  await until('the survivor has all of it', 60_000, async () => (await survivor.value(keys.at(-1)!)) !== undefined);
  const before = await indexOf(survivor);
  const lostId = await lost.id();
  const args = cluster.argumentsFor();
  for (const member of cluster.members) await member.kill();

  // Alone it has no quorum.
  survivor.start(args);
  await until('it answers', 60_000, async () => (await survivor.get('/version')).status === 200);
  expect((await survivor.get('/health', 3000)).status).toBe(503);
  await survivor.kill();

  survivor.start([...args, '--force-new-cluster']);
  await survivor.healthy();
  expect((await survivor.members()).map(({ name }) => name)).toEqual(['m1']);
  for (const key of keys) expect(await survivor.value(key, '?quorum=true')).toBe(key);
  expect(await indexOf(survivor)).toBeGreaterThanOrEqual(before);
  expect((await survivor.put('/new', '1')).status).toBe(201);
  expect(survivor.logs()).toContain('is a cluster of one now (--force-new-cluster)');

  // A lost one comes back with its data: it is refused, and disturbs nobody.
  lost.start();
  const refusal = `rejected the stream from peer ${lostId} since it was removed`;
  await until('the lost one is refused', 60_000, () => survivor.logs().includes(refusal) || undefined);
  expect((await survivor.put('/undisturbed', '1')).status).toBe(201);
  await lost.kill();

  // The flag stays while new members come: nobody who was added is removed by a restart.
  lost.deleteData();
  gone.deleteData();
  await cluster.add(survivor, lost);
  lost.start(cluster.argumentsFor([survivor, lost], '--initial-cluster-state', 'existing'));
  await cluster.healthy([survivor, lost]);
  await cluster.add(survivor, gone);
  gone.start(cluster.argumentsFor(cluster.members, '--initial-cluster-state', 'existing'));
  await cluster.healthy();
  await survivor.kill();
  survivor.start([...args, '--force-new-cluster']);
  await cluster.healthy();
  expect((await survivor.members()).map(({ name }) => name).sort()).toEqual(['m1', 'm2', 'm3']);
  expect(survivor.logs()).toContain('--force-new-cluster was carried out at an earlier start and is ignored');
  expect(await gone.value(keys[0]!)).toBe(keys[0]);
});
