import { spawnSync } from 'node:child_process';
import { exposeRow } from '../../src/metrics/exposition';
import type { Readings } from '../../src/metrics/readings';
import { Recorders } from '../../src/metrics/recorders';
import type { Row } from '../../src/metrics/row';
import { families } from '../../src/metrics/table';
import { ownRows } from '../../src/metrics/table/own';
import { readings } from './readings';

const rows = families.flatMap((family) => family.rows);

/** Something of everything, so that every row has samples. */
function busy(): Readings {
  const recorded = new Recorders(() => 0);
  recorded.probed('b', 2);
  recorded.appended('b', 3);
  recorded.sendingState('b')(true);
  recorded.receivingState('b')(true);
  return readings({ recorded });
}

function valueOf(name: string, labels: readonly string[], from: Readings): number | undefined {
  const row = rows.find((candidate): candidate is Exclude<Row, { type: 'histogram' }> => {
    return candidate.name === name && candidate.type !== 'histogram';
  });
  return row?.read(from).find((sample) => sample.labels.join() === labels.join())?.value;
}

test('no two rows have the same name', () => {
  const names = rows.map(({ name }) => name);
  expect(new Set(names).size).toBe(names.length);
});

test.each(rows.map((row) => [row.name, row] as const))('%s can be shown', (name, row) => {
  const text = exposeRow(row, busy());
  const [help, type, ...samples] = text.trimEnd().split('\n');
  expect(help).toBe(`# HELP ${name} ${row.help}.`);
  expect(type).toBe(`# TYPE ${name} ${row.type}`);
  expect(samples.length).toBeGreaterThan(0);
  for (const sample of samples) {
    expect(sample).toMatch(/^[a-z_0-9]+(\{([A-Za-z_]+="[^"]*",?)+\})? (\d[\d.e+-]*|-\d[\d.e+-]*|\+Inf)$/);
    expect([...sample.matchAll(/([A-Za-z_]+)="/g)].map(([, label]) => label)).toEqual(
      sample.startsWith(`${name}_bucket`) ? [...row.labels, 'le'] : row.labels,
    );
  }
});

test('the counts of /v2/stats/store are what the store metrics show', () => {
  const from = readings();
  const { store, report } = from;
  const total = 'etcd_debugging_store_writes_total';
  const failed = 'etcd_debugging_store_writes_failed_total';
  expect(valueOf(total, ['set'], from)).toBe(store.setsSuccess + store.setsFail);
  expect(valueOf(failed, ['set'], from)).toBe(store.setsFail);
  for (const action of ['create', 'update', 'delete', 'compareAndSwap', 'compareAndDelete'] as const) {
    expect(valueOf(total, [action], from)).toBe(store[`${action}Success`] + store[`${action}Fail`]);
    expect(valueOf(failed, [action], from)).toBe(store[`${action}Fail`]);
  }
  expect(valueOf('etcd_debugging_store_reads_total', ['get'], from)).toBe(30 + 12 - 5 - 2);
  expect(valueOf('etcd_debugging_store_reads_total', ['getRecursive'], from)).toBe(7);
  expect(valueOf('etcd_debugging_store_reads_failed_total', ['get'], from)).toBe(10);
  expect(valueOf('etcd_debugging_store_reads_failed_total', ['getRecursive'], from)).toBe(2);
  expect(valueOf('etcd_debugging_store_expires_total', [], from)).toBe(store.expireCount);
  expect(valueOf('etcd_debugging_store_watchers', [], from)).toBe(store.watchers);
  expect(valueOf('etcd_debugging_store_watch_requests_total', [], from)).toBe(report.watchRequests);
});

test('the other statistics are metrics too', () => {
  const from = readings();
  expect(valueOf('etcd_network_append_requests_sent_total', [], from)).toBe(from.traffic.sendAppendRequestCnt);
  expect(valueOf('etcd_network_append_requests_received_total', [], from)).toBe(from.traffic.recvAppendRequestCnt);
  expect(valueOf('etcd_network_appends_acknowledged_total', ['b'], from)).toBe(from.followers[0]!.successCount);
  expect(valueOf('etcd_network_appends_failed_total', ['b'], from)).toBe(from.followers[0]!.failCount);
});

test('the quota is the one of --quota-bytes', () => {
  const from = readings();
  expect(valueOf('etcd_server_quota_backend_bytes', [], from)).toBe(from.quota.bytes);
});

test('what is in use is never more than there is', () => {
  const more = readings({ disk: { usedBytes: 900, freeBytes: 100 } });
  expect(valueOf('etcd_mvcc_db_total_size_in_use_in_bytes', [], readings())).toBe(1100);
  expect(valueOf('etcd_mvcc_db_total_size_in_use_in_bytes', [], more)).toBe(900);
});

test('a linearizable read is a method of its own, a watch has no duration', () => {
  const from = readings();
  from.recorded.keyRequest('GET', 'quorumGet').received();
  from.recorded.keyRequest('GET', 'quorumGet').failed(404, 1);
  from.recorded.keyRequest('GET', 'watch').received();
  from.recorded.watchOpened(true);
  const call = (code: string): number | undefined =>
    valueOf('grpc_server_handled_total', ['etcdserverpb.KV', 'Range', 'unary', code], from);
  expect(valueOf('etcd_http_received_total', ['QGET'], from)).toBe(1);
  expect(valueOf('etcd_http_received_total', ['GET'], from)).toBe(1);
  expect(valueOf('etcd_http_failed_total', ['QGET', '404'], from)).toBe(1);
  expect([call('OK'), call('Unavailable')]).toEqual([1, 0]);
  const watch = ['etcdserverpb.Watch', 'Watch', 'bidi_stream'];
  expect(valueOf('grpc_server_started_total', watch, from)).toBe(1);
  expect(valueOf('grpc_server_handled_total', [...watch, 'OK'], from)).toBe(0);
  from.recorded.watchClosed(true);
  expect(valueOf('grpc_server_handled_total', [...watch, 'OK'], from)).toBe(1);
});

test('a store that was closed has nothing to say, and nothing breaks', () => {
  const from = readings({ engine: undefined, disk: undefined });
  const texts = rows.map((row) => exposeRow(row, from)).join('');
  expect(texts).not.toContain('etcd_rocksdb');
  expect(texts).toContain('etcd_mvcc_db_total_size_in_bytes NaN');
});

const promtool = spawnSync('promtool', ['--version']).status === 0;

(promtool ? test : test.skip)('promtool (Debian: prometheus) has nothing to say about names of our own', () => {
  const input = ownRows.map((row) => exposeRow(row, busy())).join('');
  const checked = spawnSync('promtool', ['check', 'metrics'], { input, encoding: 'utf8' });
  expect(checked.stdout + checked.stderr).toBe('');
  expect(checked.status).toBe(0);
});
