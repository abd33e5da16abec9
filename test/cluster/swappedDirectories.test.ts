/** Mistakes of an operator with the data directories of a cluster that is well. */
import { renameSync } from 'node:fs';
import { Cluster } from './cluster';
import type { ClusterMember } from './clusterMember';

let cluster: Cluster;

afterEach(() => cluster.end());

test('two swapped directories, and a needless --force-new-cluster, end with a line and change nothing', async () => {
  cluster = await Cluster.start();
  const [one, two, three] = cluster.members as [ClusterMember, ClusterMember, ClusterMember];
  expect((await one.put('/kept', '1')).status).toBe(201);
  const swap = (): void => {
    renameSync(one.dataDir, `${one.dataDir}.aside`);
    renameSync(two.dataDir, one.dataDir);
    renameSync(`${one.dataDir}.aside`, two.dataDir);
  };
  const args = cluster.argumentsFor();
  await one.stop();
  await two.stop();
  swap();
  one.start(args);
  two.start(args);
  expect((await one.exited).code).toBe(5);
  expect((await two.exited).code).toBe(5);
  expect(one.logs()).toMatch(
    /this directory holds the data of member m2 \([0-9a-f]+\), but --name m1 and .* of member m1/,
  );
  expect(two.logs()).toMatch(
    /this directory holds the data of member m1 \([0-9a-f]+\), but --name m2 and .* of member m2/,
  );

  swap();
  one.start(args);
  two.start(args);
  await cluster.healthy();
  await three.stop();
  three.start([...args, '--force-new-cluster']);
  expect((await three.exited).code).toBe(2);
  expect(three.logs()).toMatch(
    /--force-new-cluster is for a cluster whose majority is lost .* has the leader [0-9a-f]+/,
  );
  three.start(args);
  await cluster.healthy();
  expect((await three.members()).map(({ name }) => name).sort()).toEqual(['m1', 'm2', 'm3']);
  expect(await three.value('/kept', '?quorum=true')).toBe('1');
});
