import { runJob } from '../client/run';
import type { JobResult, RequestKind, SteadyJob } from '../client/jobs';
import { VALUE_BYTES } from '../client/requests';
import { measured, rateOf } from '../loads/measured';
import { runWrk, wrkVersion } from '../loads/wrk';
import type { Row } from '../measure/rows';
import { withCluster } from '../servers/cluster';
import type { Cluster } from '../servers/cluster';
import type { Group, Round } from './group';

const LOAD_CONNECTIONS = 64;
const LOAD_LIMIT_SECONDS = 120;

/** A row whose load is the same from its first second to its last. */
export interface SteadyRow extends Row {
  readonly kind: RequestKind;
  readonly connections: number;
  readonly members: 1 | 3;
  readonly target: 'leader' | 'follower';
}

/** What a group of such rows is measured with. */
export interface SteadySetting {
  /** The keys that have to be there. */
  readonly fill: (round: Round) => { readonly space: string; readonly count: number };
  /** Length of what is written; 64 if absent. */
  readonly valueBytes?: number;
  /** What goes on at the same time; it begins before the first row is warmed up, and has to call `measure` and end. */
  readonly beside?: (round: Round, cluster: Cluster, measure: () => Promise<void>) => Promise<void>;
}

/** The keys that all kinds of requests but listings are for. */
export function benchKeys({ plan }: Round): { readonly space: string; readonly count: number } {
  return { space: 'bench', count: plan.keys };
}

/** What such a row is called. */
export function steadyTitle(what: string, row: Pick<SteadyRow, 'connections' | 'members' | 'target'>): string {
  const connections = row.connections === 1 ? '1 connection' : `${row.connections} connections`;
  const place =
    row.members === 1 ? 'one member' : `three members, to ${row.target === 'leader' ? 'the' : 'a'} ${row.target}`;
  return `${what}, ${connections}, ${place}`;
}

/**
 * A group of such rows. Each round starts a fresh cluster of each size, fills it and measures the rows one after the other.
 */
export function steadyGroup(name: string, title: string, setting: SteadySetting, rows: readonly SteadyRow[]): Group {
  return {
    name,
    title,
    rounds: (plan) => plan.rounds,
    measure: async (round) => {
      for (const members of [1, 3] as const) {
        const chosen = rows.filter((row) => row.members === members);
        if (chosen.length === 0) continue;
        await withCluster(round.program, members, [], async (cluster) => {
          const { clientPort: port } = await cluster.leader();
          const limits = { connections: LOAD_CONNECTIONS, limitSeconds: LOAD_LIMIT_SECONDS };
          const values = { valueBytes: setting.valueBytes ?? VALUE_BYTES };
          await runJob({ type: 'load', port, ...setting.fill(round), ...values, ...limits });
          const measure = async (): Promise<void> => {
            await warmUp(round, { port, ...values }, chosen);
            for (const row of chosen) await measureRow(round, cluster, row, values);
          };
          await (setting.beside === undefined ? measure() : setting.beside(round, cluster, measure));
        });
      }
    },
  };
}

/** In a fresh cluster nothing is compiled or cached yet; without this the first row would measure that. */
async function warmUp(
  round: Round,
  to: Pick<SteadyJob, 'port' | 'valueBytes'>,
  rows: readonly SteadyRow[],
): Promise<void> {
  const job = { type: 'steady', ...to, keys: round.plan.keys, connections: LOAD_CONNECTIONS } as const;
  const seconds = 2 * round.plan.warmUpSeconds;
  for (const kind of new Set(rows.map((row) => row.kind))) await runSteady({ ...job, kind, seconds });
}

async function measureRow(
  round: Round,
  cluster: Cluster,
  row: SteadyRow,
  values: Pick<SteadyJob, 'valueBytes'>,
): Promise<void> {
  const { clientPort: port } = await (row.target === 'leader' ? cluster.leader() : cluster.follower());
  const { kind, connections } = row;
  const job = { type: 'steady', port, kind, keys: round.plan.keys, connections, ...values } as const;
  await runSteady({ ...job, seconds: round.plan.warmUpSeconds });
  const { result, sample } = await measured(cluster.pids, async () =>
    runSteady({ ...job, seconds: round.plan.seconds }),
  );
  const { worstMs: _, ...steady } = sample;
  round.record(row, { requestsPerSecond: rateOf(result), ...steady });
}

/** With wrk if it is installed, else with the client here. */
async function runSteady(job: SteadyJob): Promise<JobResult> {
  return wrkVersion() === undefined ? runJob(job) : runWrk(job);
}
