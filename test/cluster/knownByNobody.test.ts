/** A member comes back, needed for the majority, and all that it knew were removed or are lost. */
import { Cluster } from './cluster';
import type { ClusterMember } from './clusterMember';
import { until } from './waiting';

let cluster: Cluster;

beforeAll(async () => {
  cluster = await Cluster.start();
});

afterAll(() => cluster.end());

test('it turns away those that it does not know, until --join-urls names one of them', async () => {
  const [m1, m2, m3] = cluster.members as [ClusterMember, ClusterMember, ClusterMember];
  const removedId = await m2.id();
  await m3.kill();
  const n1 = await cluster.makePlace('n1');
  await cluster.add(m1, n1);
  const args = cluster.argumentsFor();
  n1.start([...args, '--initial-cluster-state', 'existing']);
  await cluster.healthy([m1, m2, n1]);
  expect(await cluster.remove(m1, removedId)).toBe(204);
  expect(await m2.exited).toEqual({ code: 6, signal: null });
  await cluster.healthy([m1, n1]);
  await m1.kill();
  m1.deleteData();

  m3.start();
  await until('it turns the newcomer away', 60_000, () =>
    Promise.resolve(m3.logs().includes('failed to find member') || undefined),
  );
  await m3.stop();

  m3.start([...args, '--join-urls', n1.place.peerUrl]);
  await cluster.healthy([m3, n1]);
  expect((await m3.put('/together', 'x')).status).toBe(201);
});
