import { foundersOf } from '../simulation/cluster';
import { makeCluster } from '../simulation/makeCluster';
import { Operator } from '../simulation/operator';
import { SeededRandom } from '../simulation/random';

it('a learner is promoted also where the quorum check keeps time with the look for learners', async () => {
  const cluster = makeCluster(
    new SeededRandom(1),
    {
      heartbeatIntervalMs: 100,
      // As long as the interval at which the leader once looked for learners: it always saw them just forgotten.
      electionTimeoutMs: 500,
      snapshotCount: 100,
      integrityIntervalMs: 20_000,
      historyLength: 100,
      uncommittedBytesMax: 10_000,
    },
    foundersOf(1),
  );
  const { scheduler, judge } = cluster.world;
  for (const node of cluster.nodes) {
    // At this rate five ticks, rounded to microseconds, are over just before one such interval.
    node.clockError.rate = 1.005316;
    node.start();
  }
  new Operator(cluster).addMember();
  while (scheduler.nowMs < 20_000 && cluster.voters.length < 2) await scheduler.step();
  expect(judge.verdict).toBeUndefined();
  expect(cluster.voters).toHaveLength(2);
});
