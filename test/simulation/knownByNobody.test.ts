/** A member comes back, needed for the majority, and all that it knew were replaced or lost while it was away. */
import { foundersOf, type Cluster } from './cluster';
import { makeCluster } from './makeCluster';
import type { SimNode } from './node';
import { SeededRandom } from './random';

const LIMIT_MS = 30_000;

async function until(cluster: Cluster, condition: () => boolean, limitMs = LIMIT_MS): Promise<boolean> {
  const { scheduler, judge } = cluster.world;
  const endMs = scheduler.nowMs + limitMs;
  while (!condition()) {
    if (scheduler.nowMs > endMs) return false;
    if (judge.verdict !== undefined) throw judge.verdict;
    await scheduler.step();
  }
  return true;
}

/** m3 is up, and so is n1, which it has not heard of; m1 is lost with its disk, and m2 was removed. Both votes are needed. */
async function begun(): Promise<{ cluster: Cluster; m3: SimNode; n1: SimNode }> {
  const cluster = makeCluster(
    new SeededRandom(1),
    {
      ...{ heartbeatIntervalMs: 100, electionTimeoutMs: 1000, snapshotCount: 100 },
      ...{ integrityIntervalMs: 5000, historyLength: 100, uncommittedBytesMax: 10_000 },
    },
    foundersOf(3),
  );
  const [m1, m2, m3] = cluster.nodes as [SimNode, SimNode, SimNode];
  for (const node of cluster.nodes) node.start();
  expect(await until(cluster, () => cluster.nodes.every(({ member }) => member?.status().ready === true))).toBe(true);
  m3.heldBack = true;
  m3.crash();
  const n1 = cluster.addNode('n1');
  void cluster.ask(m1, (member) => member.addMember(n1.peerURLs));
  const listed = (): string | undefined => cluster.members.find(({ peerURLs }) => peerURLs[0] === n1.peerURLs[0])?.id;
  expect(await until(cluster, () => listed() !== undefined)).toBe(true);
  const memberId = listed()!;
  const peers = cluster.members.filter(({ id }) => id !== memberId);
  n1.replaceBy(() => ({ kind: 'join', memberId, clusterId: cluster.clusterId, peers }), memberId);
  n1.start();
  expect(await until(cluster, () => cluster.voters.includes(memberId))).toBe(true);
  void cluster.ask(m1, (member) => member.removeMember(m2.memberId!));
  expect(await until(cluster, () => m2.retired && !cluster.voters.includes(m2.memberId!))).toBe(true);
  m1.loseDisk();
  m1.heldBack = true;
  m3.heldBack = false;
  m3.start();
  return { cluster, m3, n1 };
}

test('it turns the others away for as long as nobody can tell it about them', async () => {
  const { cluster } = await begun();
  expect(await until(cluster, () => cluster.leader !== undefined)).toBe(false);
});

test('started again with --join-urls it takes them in, and the cluster has a leader', async () => {
  const { cluster, m3, n1 } = await begun();
  await until(cluster, () => m3.member !== undefined);
  m3.joinNodes = [m3, n1];
  m3.crash();
  m3.start();
  expect(await until(cluster, () => cluster.leader !== undefined)).toBe(true);
});
