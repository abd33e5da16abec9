/** Members of two versions of the program in one cluster: an upgrade one by one, and the way back that there is not. */
import * as features from '../../src/machine/features';
import { foundersOf, type Cluster } from './cluster';
import { makeCluster } from './makeCluster';
import type { SimNode } from './node';
import { SeededRandom } from './random';

/** The next version has a kind of command that this one has not: here it is the change of peer URLs. */
const levels = features.LEVEL_OF_COMMAND as Record<'updateMember', number>;
beforeAll(() => {
  levels.updateMember = 2;
});
afterAll(() => {
  levels.updateMember = 1;
});

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

/** Asks for the command of the next version at one member. */
async function askNew(cluster: Cluster, node: SimNode): Promise<string> {
  let outcome = '';
  const command = { type: 'updateMember', memberId: node.memberId!, peerURLs: node.peerURLs } as const;
  void cluster
    .ask(node, (member) => member.propose(command))
    .then((answer) => {
      const reason = answer.kind === 'error' ? (answer.error as { readonly reason: string }).reason : '';
      outcome = `${answer.kind}${reason}`;
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
    for (const each of cluster.nodes) expect(await askNew(cluster, each)).toBe('errorinvalid');
    await restartAs(cluster, node, 2);
    await until(cluster, () => isReady(node));
  }
  await until(cluster, () => inForce() === 2);
  await until(cluster, () => cluster.nodes.every(({ member }) => member?.peerSide.level === 2));
  for (const node of cluster.nodes) expect(await askNew(cluster, node)).toBe('answer');
  expect(judge.verdict).toBeUndefined();
  // The older program finds a state that it cannot read, and says so; the two others go on.
  const [downgraded, other] = cluster.nodes;
  await restartAs(cluster, downgraded!, 1);
  await expect(until(cluster, () => isReady(downgraded!))).rejects.toThrow(
    /level 2, this version of cairn reads up to 1/,
  );
  expect(other!.member?.peerSide.level).toBe(2);
});
