import { whileRunning } from '../client/run';
import type { PacedJob } from '../client/jobs';
import { CPU_FLOOR } from './group';
import type { Group } from './group';
import { steadyGroup, steadyTitle } from './steadyGroup';
import type { SteadyRow, SteadySetting } from './steadyGroup';

const LIMIT_SECONDS = 300;
const PACE_PER_SECOND = 100;

const listedKeys: SteadySetting['fill'] = ({ plan }) => ({ space: 'list', count: plan.listedKeys });

function listing(what: string): SteadyRow {
  const place = { connections: 4, members: 1, target: 'leader' } as const;
  return {
    title: steadyTitle(`GET of all keys with recursive=true${what}`, place),
    kind: 'list',
    ...place,
    floors: [{ metric: 'requestsPerSecond', ratio: 1 }, CPU_FLOOR],
  };
}

/** A directory and everything below it in one answer, again and again while nothing changes. */
export const list: Group = steadyGroup('list', 'Listing many keys recursively', { fill: listedKeys }, [listing('')]);

const besideWrites: SteadySetting['beside'] = async (_round, cluster, measure) => {
  const { clientPort: port } = await cluster.leader();
  const job: PacedJob = { type: 'paced', port, perSecond: PACE_PER_SECOND, limitSeconds: LIMIT_SECONDS };
  await whileRunning(job, async (client) => {
    await measure();
    await client.finish();
  });
};

/** The same while other keys are written. */
export const listBesideWrites: Group = steadyGroup(
  'listwrites',
  'Listing many keys recursively beside writes',
  { fill: listedKeys, beside: besideWrites },
  [listing(`, beside ${PACE_PER_SECOND} writes a second`)],
);
