import { runJob, whileRunning } from '../client/run';
import { errorsOf } from '../loads/measured';
import { pause } from '../pause';
import { withCluster } from '../servers/cluster';
import type { Cluster } from '../servers/cluster';
import { residentBytes, residentMib } from '../servers/usage';
import { grouped } from './group';
import type { Group, Round } from './group';

const LIMIT_SECONDS = 60;
const SETTLE_MS = 2000;

/** One event for many, and what it costs to wait. */
export const watch: Group = {
  name: 'watch',
  title: 'Watches',
  rounds: (plan) => plan.rounds,
  measure: async (round) => {
    await withCluster(round.program, 1, [], async (cluster) => {
      for (let turn = 0; turn <= round.plan.fanOuts; turn++) await fanOut(round, cluster, turn === 0);
    });
    await withCluster(round.program, 1, [], async (cluster) => idle(round, cluster));
  },
};

async function fanOut(round: Round, cluster: Cluster, warmUp: boolean): Promise<void> {
  const { clientPort: port } = await cluster.leader();
  const watchers = round.plan.watchersOfOneKey;
  const result = await runJob({ type: 'fanOut', port, watchers, limitSeconds: LIMIT_SECONDS });
  if (result.requests < watchers) throw new Error(`only ${result.requests} of ${watchers} watchers got the event`);
  if (warmUp) return;
  round.record(
    {
      title: `One PUT reaches ${grouped(watchers)} long-polls of its key, one member`,
      floors: [{ metric: 'lastWatcherMs', ratio: 1 }],
    },
    { lastWatcherMs: result.worstMs, p50Ms: result.p50Ms, ...errorsOf(result) },
  );
}

async function idle(round: Round, cluster: Cluster): Promise<void> {
  const { clientPort: port } = await cluster.leader();
  const watchers = round.plan.idleWatches;
  await pause(SETTLE_MS);
  const before = residentBytes(cluster.pids);
  const job = { type: 'idleWatches', port, watchers, limitSeconds: LIMIT_SECONDS } as const;
  await whileRunning(job, async (client) => {
    await client.ready;
    await pause(SETTLE_MS);
    const after = residentBytes(cluster.pids);
    const memory = { kibPerWatch: (after - before) / watchers / 1024, residentMib: residentMib(cluster.pids) };
    const result = await client.finish();
    round.record(
      {
        title: `${grouped(watchers)} watches of different keys, idle, one member`,
        floors: [{ metric: 'kibPerWatch', ratio: 0.5 }],
      },
      { ...memory, ...errorsOf(result) },
    );
  });
}
