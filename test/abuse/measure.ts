import { readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import type { ClusterMember } from '../cluster/clusterMember';
import { parseExposed } from '../metrics/exposed';

/** What is known of one member at one time. */
export interface Reading {
  readonly pid: number;
  readonly isRunning: boolean;
  /** The most since `forgetPeak`. */
  readonly peakMb: number;
  readonly descriptors: number;
  readonly logBytes: number;
  /** How often the event loop was late, by the upper bounds of the buckets in ms; none if the member did not say. */
  readonly lags: ReadonlyMap<number, number>;
}

/** The peak of memory counts from now on. */
export function forgetPeak(member: ClusterMember): void {
  writeFileSync(`/proc/${member.pid}/clear_refs`, '5');
}

export async function read(member: ClusterMember): Promise<Reading> {
  const { pid = 0, isRunning } = member;
  if (!isRunning) return { pid, isRunning, peakMb: 0, descriptors: 0, logBytes: logBytes(member), lags: new Map() };
  const status = readFileSync(`/proc/${pid}/status`, 'utf8');
  return {
    pid,
    isRunning,
    peakMb: Number(/VmHWM:\s+(\d+)/.exec(status)?.[1]) / 1024,
    descriptors: readdirSync(`/proc/${pid}/fd`).length,
    logBytes: logBytes(member),
    lags: lagsIn(await member.get('/metrics')),
  };
}

function logBytes(member: ClusterMember): number {
  return statSync(member.logFile, { throwIfNoEntry: false })?.size ?? 0;
}

function lagsIn({ status, text }: { readonly status: number; readonly text: string }): ReadonlyMap<number, number> {
  if (status !== 200) return new Map();
  const samples = parseExposed(text).get('etcd_eventloop_lag_seconds')?.samples ?? [];
  const buckets = samples.filter(({ name }) => name.endsWith('_bucket'));
  return new Map(buckets.map(({ labels, value }) => [Number(labels['le']?.replace('+Inf', 'Infinity')) * 1000, value]));
}

/**
 * The upper bound of the bucket with the longest pause between two readings; 0 if there was none, and NaN, which is within no bound, if the
 * second is no histogram: a metric that is called or shaped otherwise would show no pause, however long.
 */
export function longestPauseMs(before: ReadonlyMap<number, number>, after: ReadonlyMap<number, number>): number {
  if (!after.has(Infinity) || [...after].flat().some(Number.isNaN)) return NaN;
  const bounds = [...after.keys()].sort((a, b) => a - b);
  let longest = 0;
  let below = 0;
  for (const bound of bounds) {
    const upTo = (after.get(bound) ?? 0) - (before.get(bound) ?? 0);
    if (upTo > below) longest = bound;
    below = upTo;
  }
  return longest;
}
