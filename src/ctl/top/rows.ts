/** What two readings of the members say about the time between. Pure. */
import { quantileBetween, sumOf, type Metrics } from '../../client/metricsText';

export interface MemberReading {
  readonly id: string;
  readonly name: string;
  /** Undefined: it did not answer. */
  readonly metrics: Metrics | undefined;
}

export interface Reading {
  /** Of a clock that only goes forward. */
  readonly atMs: number;
  readonly members: readonly MemberReading[];
}

/** Undefined: it is not known. */
export interface TopRow {
  readonly name: string;
  readonly state: 'leader' | 'follower' | 'no leader' | 'away';
  readonly readsPerS: number | undefined;
  readonly writesPerS: number | undefined;
  /** What 99 of 100 requests for keys took at most. */
  readonly slowestMs: number | undefined;
  /** What 99 of 100 syncs of the log took at most. */
  readonly syncMs: number | undefined;
  readonly watches: number | undefined;
  readonly clients: number | undefined;
  /** Entries that it is not yet known to have, as the leader says. */
  readonly lag: number | undefined;
  readonly index: number | undefined;
  readonly keys: number | undefined;
  readonly memoryBytes: number | undefined;
}

const READS = ['GET', 'QGET', 'HEAD'];
const NOBODY: Metrics = new Map();

export function topRows(before: Reading, after: Reading): readonly TopRow[] {
  const lags = lagsIn(after);
  const seconds = Math.max(0.001, (after.atMs - before.atMs) / 1000);
  return after.members.map((member) => {
    const earlier = before.members.find(({ id }) => id === member.id)?.metrics;
    return rowOf(member, earlier, seconds, lags.get(member.id));
  });
}

function rowOf(
  { id, name, metrics }: MemberReading,
  earlier: Metrics | undefined,
  seconds: number,
  lag?: number,
): TopRow {
  const shown = name === '' ? id : name;
  if (metrics === undefined) return { ...UNKNOWN, name: shown, state: 'away', lag };
  const state =
    sumOf(metrics, 'etcd_server_is_leader') === 1
      ? 'leader'
      : sumOf(metrics, 'etcd_server_has_leader') === 0
        ? 'no leader'
        : 'follower';
  const rate = (isWanted: (method: string) => boolean): number | undefined => {
    if (earlier === undefined) return undefined;
    const counted = requestsIn(metrics, isWanted) - requestsIn(earlier, isWanted);
    // It was started again between the readings.
    return counted < 0 ? undefined : counted / seconds;
  };
  const milliseconds = (histogram: string): number | undefined => {
    const found = quantileBetween(earlier ?? NOBODY, metrics, histogram, 0.99);
    return earlier === undefined || found === undefined ? undefined : found * 1000;
  };
  return {
    ...{ name: shown, state, lag: state === 'leader' ? 0 : lag },
    readsPerS: rate((method) => READS.includes(method)),
    writesPerS: rate((method) => !READS.includes(method)),
    slowestMs: milliseconds('etcd_http_request_duration_seconds'),
    syncMs: milliseconds('etcd_disk_wal_fsync_duration_seconds'),
    watches: sumOf(metrics, 'etcd_debugging_store_watchers'),
    clients: sumOf(metrics, 'etcd_client_connections'),
    index: sumOf(metrics, 'etcd_server_proposals_applied_total'),
    keys: sumOf(metrics, 'etcd_store_keys'),
    memoryBytes: sumOf(metrics, 'process_resident_memory_bytes'),
  };
}

const UNKNOWN = {
  ...{ readsPerS: undefined, writesPerS: undefined, slowestMs: undefined, syncMs: undefined },
  ...{ watches: undefined, clients: undefined, index: undefined, keys: undefined, memoryBytes: undefined },
};

function requestsIn(metrics: Metrics, isWanted: (method: string) => boolean): number {
  const samples = metrics.get('etcd_http_received_total') ?? [];
  return samples.reduce((sum, { labels, value }) => sum + (isWanted(labels['method'] ?? '') ? value : 0), 0);
}

/** By the ids of members; only who leads has them. */
function lagsIn({ members }: Reading): ReadonlyMap<string, number> {
  const leader = members.find(({ metrics }) => metrics !== undefined && sumOf(metrics, 'etcd_server_is_leader') === 1);
  const samples = leader?.metrics?.get('etcd_raft_follower_lag_entries') ?? [];
  return new Map(samples.map(({ labels, value }) => [labels['To'] ?? '', value]));
}
