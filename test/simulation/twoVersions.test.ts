/** Members of two versions of the program in one cluster: an upgrade one by one, and the way back that there is not. */
import { foundersOf, type Cluster } from './cluster';
import { makeCluster } from './makeCluster';
import type { SimNode } from './node';
import { SeededRandom } from './random';

let roles = 0;

function startCluster(seed: number): Cluster {
  const cluster = makeCluster(
    new SeededRandom(seed),
    {
      ...{ heartbeatIntervalMs: 100, electionTimeoutMs: 1000, snapshotCount: 100 },
      ...{ integrityIntervalMs: 5000, historyLength: 100, uncommittedBytesMax: 10_000 },
    },
    foundersOf(3),
  );
  for (const node of cluster.nodes) {
    node.knownLevel = 1;
    node.start();
  }
  return cluster;
}

async function until(cluster: Cluster, condition: () => boolean, limitMs = 20_000): Promise<void> {
  const { scheduler, judge } = cluster.world;
  const endMs = scheduler.nowMs + limitMs;
  while (!condition()) {
    if (scheduler.nowMs > endMs) throw new Error(`not within ${limitMs} ms: ${condition.toString()}`);
    if (judge.verdict !== undefined) throw judge.verdict;
    await scheduler.step();
  }
}

const isReady = (node: SimNode): boolean => node.member?.status().ready === true;

/** Makes a role, of which level 2 is the first that knows, at one member: what came of it. */
async function askNew(cluster: Cluster, node: SimNode): Promise<string> {
  let outcome = '';
  const change = { type: 'createRole', role: `r${++roles}`, permissions: { read: null, write: null } } as const;
  void cluster
    .ask(node, (member) => member.proposeAuth(change))
    .then((answer) => {
      if (answer.kind !== 'answer') outcome = answer.kind;
      else outcome = answer.value.ok ? answer.value.type : answer.value.refusal.type;
    });
  await until(cluster, () => outcome !== '');
  return outcome;
}

async function restartAs(cluster: Cluster, node: SimNode, level: number): Promise<void> {
  let stopped = false;
  void node.stop().then(() => (stopped = true));
  await until(cluster, () => stopped);
  node.knownLevel = level;
  node.start();
}

it.each([1, 2, 3])('seed %i: mixed, upgraded, and no way back', async (seed) => {
  const cluster = startCluster(seed);
  const { reference, judge } = cluster.world;
  const inForce = (): number => reference.machine.cluster.level;
  await until(cluster, () => cluster.nodes.every(isReady));
  for (const node of cluster.nodes) {
    // No member of a mixed cluster lets it into the log, not even one that knows it.
    expect(inForce()).toBe(1);
    for (const each of cluster.nodes) expect(await askNew(cluster, each)).toBe('olderMembers');
    await restartAs(cluster, node, 2);
    await until(cluster, () => isReady(node));
  }
  await until(cluster, () => inForce() === 2);
  await until(cluster, () => cluster.nodes.every(({ member }) => member?.peerSide.level === 2));
  for (const node of cluster.nodes) expect(await askNew(cluster, node)).toBe('roleCreated');
  expect(judge.verdict).toBeUndefined();
  // The older program finds a state that it cannot read, and says so; the two others go on.
  const [downgraded, other] = cluster.nodes;
  await restartAs(cluster, downgraded!, 1);
  await expect(until(cluster, () => isReady(downgraded!))).rejects.toThrow(
    /level 2, this version of cairn reads up to 1/,
  );
  expect(other!.member?.peerSide.level).toBe(2);
});
