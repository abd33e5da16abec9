import { performance } from 'node:perf_hooks';
import { fetchText } from '../../test/support/exchange';
import type { ServerProcess } from '../../test/support/serverProcess';
import { runJob, whileRunning } from '../client/run';
import { keyPath } from '../client/requests';
import { latenciesOf } from '../loads/measured';
import type { Row } from '../measure/rows';
import { pause, until } from '../pause';
import type { Plan } from '../plan';
import { withCluster } from '../servers/cluster';
import type { Cluster } from '../servers/cluster';
import { residentMib } from '../servers/usage';
import { WORST_FLOOR, grouped } from './group';
import type { Group, Round } from './group';

const LOAD_CONNECTIONS = 256;
const LOAD_LIMIT_SECONDS = 300;
const SNAPSHOT_COUNT = 5000;
/**
 * Single writes after the load, each an entry of its own: Cairn puts writes that come together into one entry, so the load
 * alone might leave so few that its log still reaches back to the beginning.
 */
const SINGLE_WRITES = SNAPSHOT_COUNT + 600;
const PACE_PER_SECOND = 200;
const PACE_LIMIT_SECONDS = 180;
const CAUGHT_UP_WITHIN_MS = 120_000;
const SETTLE_MS = 1000;

/** An empty member joins, too late for the log, while clients write. */
export const catchUp: Group = {
  name: 'catchup',
  title: 'A new member brought up by snapshot',
  rounds: (plan) => Math.min(plan.rounds, plan.longRounds),
  measure: async (round) => {
    await withCluster(round.program, 3, ['--snapshot-count', `${SNAPSHOT_COUNT}`], async (cluster) => {
      await fill(round, cluster);
      await join(round, cluster);
    });
  },
};

async function fill(round: Round, cluster: Cluster): Promise<void> {
  const { clientPort: port } = await cluster.leader();
  const count = round.plan.catchUpKeys;
  round.say(`loading ${grouped(count)} keys on three members`);
  const limitSeconds = LOAD_LIMIT_SECONDS;
  await runJob({ type: 'load', port, space: 'large', count, connections: LOAD_CONNECTIONS, limitSeconds });
  await runJob({ type: 'load', port, space: 'single', count: SINGLE_WRITES, connections: 1, limitSeconds });
}

async function join(round: Round, cluster: Cluster): Promise<void> {
  const { clientPort: port } = await cluster.leader();
  const leaving = await cluster.follower();
  const job = { type: 'paced', port, perSecond: PACE_PER_SECOND, limitSeconds: PACE_LIMIT_SECONDS } as const;
  await whileRunning(job, async (client) => {
    await pause(SETTLE_MS);
    const newMember = await cluster.replace(leaving);
    const startedAt = performance.now();
    await until('new member that has all keys', CAUGHT_UP_WITHIN_MS, async () => hasAll(newMember));
    const caughtUpMs = performance.now() - startedAt;
    await pause(SETTLE_MS);
    const result = await client.finish();
    round.record(rowOf(round.plan), { caughtUpMs, ...latenciesOf(result), residentMib: residentMib(cluster.pids) });
  });
}

function rowOf(plan: Plan): Row {
  const keys = grouped(plan.catchUpKeys);
  const title = `PUT at ${PACE_PER_SECOND}/s while a new member receives ${keys} keys, three members, to the leader`;
  return { title, floors: [WORST_FLOOR] };
}

/** The last key was written last, so a tree that has it has all. */
async function hasAll(member: ServerProcess): Promise<true | undefined> {
  if (!member.isRunning()) throw new Error(`the new member ended:\n${member.logs()}`);
  const last = keyPath('single', SINGLE_WRITES - 1);
  try {
    const answer = await fetchText(member.clientPort, 'GET', `/v2/keys${last}`);
    return answer.status === 200 ? true : undefined;
  } catch {
    return undefined;
  }
}
