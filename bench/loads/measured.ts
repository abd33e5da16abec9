import type { JobResult } from '../client/jobs';
import type { Sample } from '../measure/metrics';
import { cpuSeconds, residentMib } from '../servers/usage';

/** What a load shows about the servers that carry it. */
export interface Measured {
  readonly result: JobResult;
  /** Latencies, CPU and memory; errors only if there were any. The rate is left to the caller. */
  readonly sample: Sample;
}

/**
 * Runs a load and takes the CPU time that the servers used meanwhile, and their memory at its end.
 *
 * @param pids all members of the cluster
 */
export async function measured(pids: readonly number[], load: () => Promise<JobResult>): Promise<Measured> {
  const before = cpuSeconds(pids);
  const result = await load();
  const used = cpuSeconds(pids) - before;
  return {
    result,
    sample: {
      ...latenciesOf(result),
      cpuSecondsPer10k: (used / Math.max(1, result.requests)) * 10_000,
      residentMib: residentMib(pids),
    },
  };
}

/** Latencies, and errors if there were any. */
export function latenciesOf(result: JobResult): Sample {
  const { p50Ms, p99Ms, worstMs } = result;
  return { p50Ms, p99Ms, worstMs, ...errorsOf(result) };
}

/** Empty if there were none. */
export function errorsOf(result: JobResult): Sample {
  return result.errors > 0 ? { errors: result.errors } : {};
}

/** Good answers a second. */
export function rateOf(result: JobResult): number {
  return Math.max(0, result.requests - result.errors) / result.seconds;
}
