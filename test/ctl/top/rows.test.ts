import { parseMetrics } from '../../../src/client/metricsText';
import { topRows, type Reading } from '../../../src/ctl/top/rows';
import { summaryLine, tableLines } from '../../../src/ctl/top/table';

function metrics(reads: number, writes: number, more = ''): string {
  return `etcd_http_received_total{method="GET"} ${reads}
etcd_http_received_total{method="PUT"} ${writes}
etcd_server_has_leader 1
etcd_server_is_leader 0
etcd_debugging_store_watchers 3
etcd_client_connections 4
etcd_server_proposals_applied_total 500
etcd_store_keys 6
process_resident_memory_bytes 104857600
etcd_http_request_duration_seconds_bucket{method="GET",kind="get",le="0.001"} ${reads}
etcd_http_request_duration_seconds_bucket{method="GET",kind="get",le="+Inf"} ${reads}
${more}`;
}

const LEADS = 'etcd_raft_follower_lag_entries{To="b"} 7\netcd_raft_follower_lag_entries{To="c"} 2000\n';

function reading(atMs: number, texts: Readonly<Record<string, string | undefined>>): Reading {
  return {
    atMs,
    members: Object.entries(texts).map(([id, text]) => ({
      ...{ id, name: `m-${id}`, metrics: text === undefined ? undefined : parseMetrics(text) },
    })),
  };
}

const leading = (reads: number, writes: number): string =>
  metrics(reads, writes, LEADS).replace('is_leader 0', 'is_leader 1');

const before = reading(1000, { a: leading(100, 10), b: metrics(50, 5), c: metrics(0, 0) });
const after = reading(3000, { a: leading(300, 11), b: metrics(10, 5), c: undefined });
const rows = topRows(before, after);

it('counts what happened between two readings', () => {
  expect(rows[0]).toMatchObject({
    state: 'leader',
    readsPerS: 100,
    writesPerS: 0.5,
    watches: 3,
    clients: 4,
    lag: 0,
    index: 500,
  });
  expect(rows[0]?.slowestMs).toBeCloseTo(0.99);
});

it('says nothing of the time in which a member was started again', () => {
  expect(rows[1]).toMatchObject({ state: 'follower', readsPerS: undefined, lag: 7 });
});

it('knows of who is away what the leader says', () => {
  expect(rows[2]).toMatchObject({ name: 'm-c', state: 'away', lag: 2000, keys: undefined });
});

it('a member that was not there before has no rates yet', () => {
  const [row] = topRows(reading(0, {}), reading(1, { a: metrics(5, 5) }));
  expect(row).toMatchObject({ readsPerS: undefined, slowestMs: undefined, keys: 6 });
});

it('is a table whose numbers stand below each other', () => {
  expect([summaryLine(rows), ...tableLines(rows, (_, text) => text)]).toEqual([
    '2 of 3 members answer, m-a leads, 100 reads/s, 0.5 writes/s',
    'MEMBER  STATE     READ/S  WRITE/S  P99 MS  SYNC MS  WATCHES  CLIENTS   LAG  INDEX  KEYS  MEMORY',
    'm-a     leader       100      0.5     1.0        -        3        4     0    500     6    100M',
    'm-b     follower       -        0       -        -        3        4     7    500     6    100M',
    'm-c     away           -        -       -        -        -        -  2000      -     -       -',
  ]);
});

it('a name may hold nothing that a terminal obeys', () => {
  const row = { ...(rows[0] ?? fail()), name: 'x\u001b[2J' };
  expect(tableLines([row], (_, text) => text)[1]).toMatch(/^x\?\[2J /);
});

function fail(): never {
  throw new Error('no row');
}
