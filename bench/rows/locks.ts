import { performance } from 'node:perf_hooks';
import { send } from '../../test/support/exchange';
import { median } from '../measure/statistics';
import { withCluster } from '../servers/cluster';
import type { Cluster } from '../servers/cluster';
import type { Group, Round } from './group';

const LOCK = '/mod/v2/lock/bench';
const WAIT_LIMIT_MS = 60_000;

/** A lock goes from one client to the next. etcd 3.4 has no lock routes: its column stays empty. */
export const locks: Group = {
  name: 'locks',
  title: 'Locks',
  rounds: (plan) => plan.rounds,
  measure: async (round) => {
    if (round.program === 'etcd') return;
    await withCluster(round.program, 3, [], async (cluster) => handOver(round, cluster));
  },
};

/** All wait from the beginning, each at another member than the one before; each releases as soon as it is told. */
async function handOver(round: Round, cluster: Cluster): Promise<void> {
  const count = round.plan.lockClients;
  const ports = cluster.members.map(({ clientPort }) => clientPort);
  const heldAtMs: number[] = [];
  const releasedAtMs: number[] = [];
  const first = await acquire(ports[0]!, 'first');
  const waiting: Promise<void>[] = [];
  for (let number = 0; number < count; number++) {
    const port = ports[number % ports.length]!;
    const client = async (): Promise<void> => {
      const index = await acquire(port, `c${number}`);
      heldAtMs.push(performance.now());
      releasedAtMs.push(performance.now());
      await release(port, index);
    };
    waiting.push(client());
  }
  await untilWaiting(ports[0]!, count + 1);
  releasedAtMs.push(performance.now());
  await release(ports[0]!, first);
  await Promise.all(waiting);
  const tookMs = heldAtMs.map((at, position) => at - releasedAtMs[position]!).sort((a, b) => a - b);
  const title = `Lock handed over, ${count} clients that wait, three members`;
  round.record(
    { title, floors: [] },
    { p50Ms: median(tookMs)!, p99Ms: tookMs[Math.floor(tookMs.length * 0.99)]!, worstMs: tookMs.at(-1)! },
  );
}

async function acquire(port: number, value: string): Promise<string> {
  const request = { method: 'POST', target: `${LOCK}?ttl=300&value=${value}`, headers: [] };
  const { status, body } = await send(port, request, WAIT_LIMIT_MS);
  if (status !== 200) throw new Error(`a lock was answered with ${status}`);
  return body;
}

async function release(port: number, index: string): Promise<void> {
  const { status } = await send(
    port,
    { method: 'DELETE', target: `${LOCK}?index=${index}`, headers: [] },
    WAIT_LIMIT_MS,
  );
  if (status !== 200) throw new Error(`a release was answered with ${status}`);
}

async function untilWaiting(port: number, count: number): Promise<void> {
  for (;;) {
    const request = { method: 'GET', target: '/v2/keys/_etcd/mod/lock/bench?quorum=true', headers: [] };
    const { body } = await send(port, request, WAIT_LIMIT_MS);
    if ((JSON.parse(body) as { node: { nodes?: unknown[] } }).node.nodes?.length === count) return;
  }
}
