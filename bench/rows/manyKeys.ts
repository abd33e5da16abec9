import { performance } from 'node:perf_hooks';
import { runJob } from '../client/run';
import { measured, rateOf } from '../loads/measured';
import type { Floor } from '../measure/rows';
import { pause } from '../pause';
import type { Plan } from '../plan';
import { withCluster } from '../servers/cluster';
import type { Cluster } from '../servers/cluster';
import { residentBytes, residentMib } from '../servers/usage';
import { CPU_FLOOR, WORST_FLOOR, grouped } from './group';
import type { Group, Round } from './group';

const LOAD_CONNECTIONS = 256;
const LOAD_LIMIT_SECONDS = 600;
const SETTLE_MS = 2000;
/** Few enough entries that both programs cut their log several times while the writes go on. */
const COMPACTING = ['--snapshot-count', '2000'];
const PACE_PER_SECOND = 500;
const WARM_UP_SECONDS = 2;

/** Rows of a store of one size; the floors for memory, restart and load hold for the largest. */
function manyKeysGroup(name: string, countOf: (plan: Plan) => number, rounds: (plan: Plan) => number): Group {
  return {
    name,
    title: name === 'most' ? 'The largest store' : 'A large store',
    rounds,
    measure: async (round) => {
      const count = countOf(round.plan);
      const floors = (...all: Floor[]): readonly Floor[] => (name === 'most' ? all : []);
      await withCluster(round.program, 1, [], async (cluster) => {
        await fill(round, cluster, count, floors);
        await restart(round, cluster, count, floors({ metric: 'restartMs', ratio: 0.5 }));
        await compact(round, cluster, count);
      });
    },
  };
}

async function fill(
  round: Round,
  cluster: Cluster,
  count: number,
  floors: (...all: Floor[]) => readonly Floor[],
): Promise<void> {
  await pause(SETTLE_MS);
  const empty = residentBytes(cluster.pids);
  const { clientPort: port } = await cluster.leader();
  round.say(`loading ${grouped(count)} keys`);
  const job = { type: 'load', port, space: 'large', count, connections: LOAD_CONNECTIONS } as const;
  const { result, sample } = await measured(cluster.pids, async () =>
    runJob({ ...job, limitSeconds: LOAD_LIMIT_SECONDS }),
  );
  const written = result.requests - result.errors;
  if (written < count) throw new Error(`only ${written} of ${count} keys were written`);
  round.record(
    {
      title: `PUT of ${grouped(count)} new keys, ${LOAD_CONNECTIONS} connections, one member`,
      floors: floors(WORST_FLOOR, CPU_FLOOR),
    },
    { requestsPerSecond: rateOf(result), ...sample },
  );
  await pause(SETTLE_MS);
  round.record(
    { title: `Memory of ${grouped(count)} keys, one member`, floors: floors({ metric: 'bytesPerKey', ratio: 0.5 }) },
    { bytesPerKey: (residentBytes(cluster.pids) - empty) / count, residentMib: residentMib(cluster.pids) },
  );
}

/** The member comes up again with the flags of the next row. */
async function restart(round: Round, cluster: Cluster, count: number, floors: readonly Floor[]): Promise<void> {
  const member = await cluster.leader();
  await cluster.stop(member);
  round.say(`starting again with ${grouped(count)} keys`);
  const start = performance.now();
  await cluster.startAgain(member, COMPACTING);
  const restartMs = performance.now() - start;
  round.record(
    { title: `Restart with ${grouped(count)} keys, one member`, floors },
    { restartMs, residentMib: residentMib(cluster.pids) },
  );
}

async function compact(round: Round, cluster: Cluster, count: number): Promise<void> {
  const { clientPort: port } = await cluster.leader();
  const pace = { type: 'paced', port, perSecond: PACE_PER_SECOND } as const;
  // The member was just started: its code has to get warm, or the slowest write would be one of the first.
  await runJob({ ...pace, limitSeconds: WARM_UP_SECONDS });
  const { sample } = await measured(cluster.pids, async () =>
    runJob({ ...pace, limitSeconds: round.plan.compactionSeconds }),
  );
  round.record(
    {
      title: `PUT at ${PACE_PER_SECOND}/s while the log is compacted, ${grouped(count)} keys, one member`,
      floors: [WORST_FLOOR],
    },
    sample,
  );
}

export const many: Group = manyKeysGroup(
  'many',
  (plan) => plan.manyKeys,
  (plan) => Math.min(plan.rounds, plan.longRounds),
);

export const most: Group = manyKeysGroup(
  'most',
  (plan) => plan.mostKeys,
  () => 1,
);
