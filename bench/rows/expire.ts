import { performance } from 'node:perf_hooks';
import { fetchText } from '../../test/support/exchange';
import { runJob, whileRunning } from '../client/run';
import { latenciesOf } from '../loads/measured';
import { pause, until } from '../pause';
import { withCluster } from '../servers/cluster';
import type { Cluster } from '../servers/cluster';
import { residentMib } from '../servers/usage';
import { WORST_FLOOR, grouped } from './group';
import type { Group, Round } from './group';

const LOAD_CONNECTIONS = 128;
const PACE_PER_SECOND = 500;
const PACE_LIMIT_SECONDS = 90;
const GONE_WITHIN_MS = 60_000;
/** The load of single writes begins this long before the first key is due. */
const AHEAD_MS = 1000;

/** Many leases that end together. */
export const expire: Group = {
  name: 'expire',
  title: 'Keys that expire in the same second',
  rounds: (plan) => Math.min(plan.rounds, plan.longRounds),
  measure: async (round) => withCluster(round.program, 1, [], async (cluster) => expireAll(round, cluster)),
};

async function expireAll(round: Round, cluster: Cluster): Promise<void> {
  const { expiringKeys: count, expiryLeadMs } = round.plan;
  const { clientPort: port } = await cluster.leader();
  const endAtMs = Date.now() + expiryLeadMs;
  round.say(`loading ${grouped(count)} keys that end together`);
  const limitSeconds = expiryLeadMs / 1000;
  const job = { type: 'load', port, space: 'expiring', count, connections: LOAD_CONNECTIONS } as const;
  const loaded = await runJob({ ...job, endAtMs, limitSeconds });
  if (loaded.requests - loaded.errors < count || Date.now() > endAtMs - AHEAD_MS || loaded.lastEndAtMs === undefined) {
    throw new Error(`${loaded.requests} of ${count} keys were written within ${limitSeconds} s: too slow for this row`);
  }
  await pause(endAtMs - AHEAD_MS - Date.now());
  const lastEndAtMs = loaded.lastEndAtMs;
  const pacedJob = { type: 'paced', port, perSecond: PACE_PER_SECOND, limitSeconds: PACE_LIMIT_SECONDS } as const;
  await whileRunning(pacedJob, async (client) => {
    // The steady clock takes over here, so that a step of the wall clock cannot spoil the time that is measured.
    const lastDueAt = performance.now() + lastEndAtMs - Date.now();
    await until('end of all keys', GONE_WITHIN_MS, async () => ((await expired(port)) >= count ? true : undefined));
    const goneMs = Math.max(0, performance.now() - lastDueAt);
    const result = await client.finish();
    round.record(
      { title: `PUT at ${PACE_PER_SECOND}/s while ${grouped(count)} keys expire, one member`, floors: [WORST_FLOOR] },
      { goneMs, ...latenciesOf(result), residentMib: residentMib(cluster.pids) },
    );
  });
}

async function expired(port: number): Promise<number> {
  const answer = await fetchText(port, 'GET', '/v2/stats/store');
  return (JSON.parse(answer.body) as { expireCount: number }).expireCount;
}
