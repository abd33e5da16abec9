import { whileRunning } from '../client/run';
import type { IdleWatchesJob } from '../client/jobs';
import { CPU_FLOOR } from './group';
import type { Group } from './group';
import { benchKeys, steadyGroup, steadyTitle } from './steadyGroup';
import type { SteadyRow, SteadySetting } from './steadyGroup';

const LIMIT_SECONDS = 300;
const PLACE = { connections: 64, members: 1, target: 'leader' } as const;

const rows = (['get', 'put'] as const).map((kind): SteadyRow => {
  const floors = [{ metric: 'requestsPerSecond', ratio: 1 } as const, CPU_FLOOR];
  return { title: steadyTitle(`${kind.toUpperCase()} beside open watches`, PLACE), kind, ...PLACE, floors };
});

const besideWatches: SteadySetting['beside'] = async ({ plan }, cluster, measure) => {
  const { clientPort: port } = await cluster.leader();
  const watchers = plan.idleWatches;
  const job: IdleWatchesJob = { type: 'idleWatches', port, watchers, limitSeconds: LIMIT_SECONDS };
  await whileRunning(job, async (client) => {
    await client.ready;
    await measure();
    const { errors } = await client.finish();
    if (errors > 0) throw new Error(`${errors} of ${watchers} watches ended meanwhile`);
  });
};

/** A member that most services of a cluster watch: ten thousand long-polls of keys that nobody writes, and the load beside them. */
export const watched: Group = steadyGroup(
  'watched',
  'Beside many open watches',
  { fill: benchKeys, beside: besideWatches },
  rows,
);
