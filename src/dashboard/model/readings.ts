/** What the charts are drawn from: readings of the member's metrics, and what happened between one and the next. */
import { quantileBetween, sumOf, type Metrics } from '../../client/metricsText';

/** One point of every chart. `null`: there is nothing to say. */
export interface Point {
  /** Seconds since 1970. */
  readonly atSeconds: number;
  readonly values: Readonly<Record<SeriesName, number | null>>;
}

/** One row a line of a chart: how it is made from two readings, `elapsed` seconds apart. */
const SERIES = {
  requests: rateOf('etcd_http_received_total'),
  failures: rateOf('etcd_http_failed_total'),
  latencyMedian: quantile('etcd_http_request_duration_seconds', 0.5),
  latency99: quantile('etcd_http_request_duration_seconds', 0.99),
  committed: rateOf('etcd_server_proposals_committed_total'),
  applied: rateOf('etcd_server_proposals_applied_total'),
  term: levelOf('etcd_raft_term'),
  index: levelOf('etcd_server_proposals_applied_total'),
  lag: worstOf('etcd_raft_follower_lag_entries'),
  watchers: levelOf('etcd_debugging_store_watchers'),
  connections: levelOf('etcd_client_connections'),
  resident: levelOf('process_resident_memory_bytes'),
  store: levelOf('etcd_store_bytes'),
  disk: levelOf('etcd_mvcc_db_total_size_in_bytes'),
  fsync99: quantile('etcd_disk_wal_fsync_duration_seconds', 0.99),
} as const satisfies Record<string, Series>;

export type SeriesName = keyof typeof SERIES;

type Series = (before: Metrics, after: Metrics, elapsedSeconds: number) => number | undefined;

export interface Reading {
  readonly atSeconds: number;
  readonly metrics: Metrics;
}

/** Undefined where another member was read than before, as behind a proxy: what one has counted says nothing of the other. */
export function pointBetween(before: Reading, after: Reading): Point | undefined {
  if (memberOf(before) !== memberOf(after)) return undefined;
  const elapsed = Math.max(0.001, after.atSeconds - before.atSeconds);
  const values = Object.entries(SERIES).map(([name, series]) => [
    name,
    series(before.metrics, after.metrics, elapsed) ?? null,
  ]);
  return { atSeconds: after.atSeconds, values: Object.fromEntries(values) as Point['values'] };
}

function memberOf({ metrics }: Reading): string | undefined {
  return metrics.get('etcd_server_id')?.[0]?.labels['server_id'];
}

/** Half an hour, at two seconds a point. */
export const POINTS_MAX = 900;

export function withPoint(points: readonly Point[], point: Point): readonly Point[] {
  return [...points.slice(points.length >= POINTS_MAX ? 1 : 0), point];
}

/** A second. Below zero the member was started again meanwhile: nothing is known of the time between. */
function rateOf(name: string): Series {
  return (before, after, elapsed) => {
    const [earlier, later] = [sumOf(before, name), sumOf(after, name)];
    return earlier === undefined || later === undefined || later < earlier ? undefined : (later - earlier) / elapsed;
  };
}

function levelOf(name: string): Series {
  return (_, after) => sumOf(after, name);
}

function worstOf(name: string): Series {
  return (_, after) => {
    const samples = after.get(name) ?? [];
    return samples.length === 0 ? undefined : Math.max(...samples.map(({ value }) => value));
  };
}

function quantile(name: string, share: number): Series {
  return (before, after) => quantileBetween(before, after, name, share);
}

export interface MemberRow {
  readonly id: string;
  readonly name: string;
  readonly clientUrl: string | undefined;
  readonly isHere: boolean;
  readonly isLeader: boolean;
  /** Whether this member hears from it; undefined: not said. */
  readonly isConnected: boolean | undefined;
  /** Entries it is not yet known to have; only the leader knows. */
  readonly lag: number | undefined;
}

/** Whether the member knows a leader; undefined: it does not say. */
export function leaderKnown(metrics: Metrics): boolean | undefined {
  return boolOf(sumOf(metrics, 'etcd_server_has_leader'));
}

/**
 * By name, as people count them: m2 before m10.
 *
 * @param members the answer of /v2/members
 * @param self the answer of /v2/stats/self
 */
export function memberRows(members: unknown, self: unknown, metrics: Metrics): readonly MemberRow[] {
  const { id: ownId, leaderInfo } = fieldsOf(self);
  const leader = fieldsOf(leaderInfo)['leader'];
  const listed = fieldsOf(members)['members'];
  const rows = (Array.isArray(listed) ? listed : []).flatMap((member: unknown) => {
    const { id, name, clientURLs } = fieldsOf(member);
    if (typeof id !== 'string') return [];
    const [url] = Array.isArray(clientURLs) ? (clientURLs as unknown[]) : [];
    const isHere = id === ownId;
    return {
      id,
      name: typeof name === 'string' && name !== '' ? name : id,
      clientUrl: typeof url === 'string' && /^https?:\/\//.test(url) ? url : undefined,
      isHere,
      isLeader: id === leader,
      isConnected: isHere ? true : boolOf(valueFor(metrics, 'etcd_network_active_peers', 'Remote', id)),
      lag: valueFor(metrics, 'etcd_raft_follower_lag_entries', 'To', id),
    };
  });
  return rows.sort((one, other) => one.name.localeCompare(other.name, 'en', { numeric: true }));
}

function valueFor(metrics: Metrics, name: string, label: string, value: string): number | undefined {
  return metrics.get(name)?.find(({ labels }) => labels[label] === value)?.value;
}

function boolOf(value: number | undefined): boolean | undefined {
  return value === undefined ? undefined : value > 0;
}

function fieldsOf(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {};
}
