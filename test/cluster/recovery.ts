/** How long a cluster is away after a crash, measured the same way for Cairn and etcd. */
import { Cluster } from './cluster';
import type { Program } from './clusterMember';
import { call } from './httpClient';
import { sleep } from './waiting';

export interface RecoveryPlan {
  readonly rounds: number;
  readonly keys: number;
  readonly heartbeatIntervalMs: number;
  readonly electionTimeoutMs: number;
}

export interface RecoveryTimes {
  /** From the leader's SIGKILL to the first success of a write that was sent after it. */
  readonly leaderKilledMs: number[];
  /** From the start of three killed members to the moment all of them are healthy. */
  readonly restartedMs: number[];
}

const WRITERS = 64;
const VALUE = 'x'.repeat(100);
const ATTEMPT_EVERY_MS = 10;
const GIVE_UP_AFTER_MS = 60_000;

/** Alternates between the two, so that whatever else the machine does meets both. */
export async function measureRecovery(
  plan: RecoveryPlan,
  programs: readonly Program[],
  say: (line: string) => void,
): Promise<ReadonlyMap<Program, RecoveryTimes>> {
  const { heartbeatIntervalMs, electionTimeoutMs } = plan;
  const times = new Map<Program, RecoveryTimes>();
  const clusters: [program: Program, cluster: Cluster][] = [];
  try {
    for (const program of programs) {
      const cluster = await Cluster.start({ program, heartbeatIntervalMs, electionTimeoutMs });
      clusters.push([program, cluster]);
      times.set(program, { leaderKilledMs: [], restartedMs: [] });
      const startMs = performance.now();
      await fill(cluster, plan.keys);
      say(`${program}: ${plan.keys} keys written in ${Math.round(performance.now() - startMs)} ms`);
    }
    for (let round = 1; round <= plan.rounds; round++) {
      for (const [program, cluster] of clusters) {
        const leaderKilledMs = await killLeader(cluster);
        times.get(program)?.leaderKilledMs.push(leaderKilledMs);
        const restartedMs = await restartAll(cluster);
        times.get(program)?.restartedMs.push(restartedMs);
        say(
          `round ${round}, ${program}: leader killed ${Math.round(leaderKilledMs)} ms, restarted ${Math.round(restartedMs)} ms`,
        );
      }
    }
  } finally {
    for (const [, cluster] of clusters) await cluster.end();
  }
  return times;
}

/** The middle one, or the mean of the two in the middle. */
export function median(numbers: readonly number[]): number {
  const sorted = [...numbers].sort((a, b) => a - b);
  const upper = sorted[Math.floor(sorted.length / 2)] ?? Number.NaN;
  const lower = sorted[Math.floor((sorted.length - 1) / 2)] ?? Number.NaN;
  return (lower + upper) / 2;
}

async function fill(cluster: Cluster, keys: number): Promise<void> {
  const { clientPort } = await cluster.leader();
  let next = 0;
  const writer = async (): Promise<void> => {
    while (next < keys) {
      const number = next++;
      const target = `/v2/keys/filled/${number % 100}/${number}`;
      const { status } = await call(clientPort, { method: 'PUT', target, form: { value: VALUE } });
      if (status !== 201) throw new Error(`filling: ${status}`);
    }
  };
  await Promise.all(Array.from({ length: WRITERS }, writer));
}

async function killLeader(cluster: Cluster): Promise<number> {
  const leader = await cluster.leader();
  const survivors = cluster.members.filter((member) => member !== leader);
  leader.signal('SIGKILL');
  const startMs = performance.now();
  const tookMs = await firstSuccess(survivors.map(({ clientPort }) => clientPort)).then((doneMs) => doneMs - startMs);
  await leader.kill();
  leader.start();
  await cluster.healthy();
  return tookMs;
}

/** A new attempt every few milliseconds, whatever became of those before; the time of the first success. */
async function firstSuccess(ports: readonly number[]): Promise<number> {
  let doneMs: number | undefined;
  const startMs = performance.now();
  for (let number = 0; doneMs === undefined; number++) {
    if (performance.now() - startMs > GIVE_UP_AFTER_MS)
      throw new Error('no write succeeds after the leader was killed');
    const port = ports[number % ports.length] ?? 0;
    call(port, { method: 'PUT', target: '/v2/keys/after-the-leader', form: { value: String(number) } }).then(
      ({ status }) => {
        if (status < 300) doneMs ??= performance.now();
      },
      () => undefined,
    );
    await sleep(ATTEMPT_EVERY_MS);
  }
  return doneMs;
}

async function restartAll(cluster: Cluster): Promise<number> {
  await cluster.killAll();
  const startMs = performance.now();
  for (const member of cluster.members) member.start();
  await Promise.all(cluster.members.map((member) => member.healthy(GIVE_UP_AFTER_MS)));
  const tookMs = performance.now() - startMs;
  await cluster.leader();
  return tookMs;
}
