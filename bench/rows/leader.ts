import { performance } from 'node:perf_hooks';
import { send } from '../../test/support/exchange';
import type { ServerProcess } from '../../test/support/serverProcess';
import { pause } from '../pause';
import { withCluster } from '../servers/cluster';
import type { Cluster } from '../servers/cluster';
import type { Group, Round } from './group';

const TRY_EVERY_MS = 10;
const TRY_LIMIT_MS = 2000;
const WRITE_WITHIN_MS = 30_000;
/** Until the cluster is at rest again. */
const SETTLE_MS = 2000;

/** The leader's process is killed; clients go on with the others. */
export const leader: Group = {
  name: 'leader',
  title: 'Loss of the leader',
  rounds: (plan) => Math.min(plan.rounds, plan.longRounds),
  measure: async (round) => {
    await withCluster(round.program, 3, [], async (cluster) => {
      for (let kill = 0; kill < round.plan.kills; kill++) {
        await pause(SETTLE_MS);
        await killLeader(round, cluster);
      }
    });
  },
};

async function killLeader(round: Round, cluster: Cluster): Promise<void> {
  const killed = await cluster.leader();
  const others = cluster.members.filter((member) => member !== killed);
  const start = performance.now();
  await killed.kill();
  const firstWriteMs = (await firstWrite(others)) - start;
  round.record({ title: 'Leader killed, default timeouts, three members', floors: [] }, { firstWriteMs });
  await cluster.startAgain(killed);
}

/** Tries at each member in turn, without waiting for tries that hang; the moment of the first success. */
async function firstWrite(members: readonly ServerProcess[]): Promise<number> {
  const deadline = performance.now() + WRITE_WITHIN_MS;
  const tries: Promise<void>[] = [];
  let doneAt: number | undefined;
  const attempt = async (member: ServerProcess): Promise<void> => {
    if (await write(member.clientPort)) doneAt ??= performance.now();
  };
  for (let turn = 0; doneAt === undefined; turn++) {
    if (performance.now() > deadline) throw new Error(`no write succeeded within ${WRITE_WITHIN_MS} ms`);
    const member = members[turn % members.length];
    if (member !== undefined) tries.push(attempt(member));
    await pause(TRY_EVERY_MS);
  }
  const succeededAt = doneAt;
  await Promise.all(tries);
  return succeededAt;
}

async function write(port: number): Promise<boolean> {
  try {
    const request = { method: 'PUT', target: '/v2/keys/bench/after?value=loss', headers: [] };
    const { status } = await send(port, request, TRY_LIMIT_MS);
    return status === 200 || status === 201;
  } catch {
    return false;
  }
}
