import { families } from '../../src/metrics/table';
import { Cluster } from '../cluster/cluster';
import { whyNoCairn } from '../cluster/clusterMember';
import { call, closeConnections } from '../cluster/httpClient';
import { until } from '../cluster/waiting';
import { whyMissing } from '../support/serverProcess';
import { bounds, labelNames, parseExposed, sumOf, type ExposedMetric } from './exposed';

const missing = whyNoCairn() ?? whyMissing('etcd');
const suite = missing === undefined ? describe : describe.skip;

/** Names of etcd 3.4 that the table leaves out: parts of etcd that Cairn does not have, or that nobody has a panel for. */
const NOT_IN_TABLE = [
  /^(etcd_server_)?go_/,
  /^promhttp_/,
  /^etcd_grpc_proxy_/,
  /^etcd_debugging_(auth|disk|lease|mvcc_(?!db_total_size|keys_total|watcher_total|watch_stream_total)|server|snap)_?/,
  /^etcd_disk_(backend_defrag|defrag|wal_write_bytes)/,
  /^etcd_mvcc_(db_open_read_transactions|hash)/,
  /^grpc_server_msg_/,
  /^process_virtual_memory_max_bytes$/,
];

/** Clients, so that nothing is missing only because nothing happened. */
async function use(cluster: Cluster): Promise<void> {
  const { clientPort } = await cluster.leader();
  const keys = (method: string, target: string, form?: Record<string, string>) =>
    call(clientPort, { method, target: `/v2/keys${target}`, ...(form === undefined ? {} : { form }) });
  await keys('PUT', '/a', { value: '1' });
  await keys('PUT', '/a?prevValue=2', { value: '1' });
  await keys('PUT', '/a?prevValue=1', { value: '2' });
  await keys('PUT', '/a?prevExist=true', { value: '3' });
  await keys('POST', '/queue', { value: '1' });
  await keys('GET', '/a');
  await keys('GET', '/?recursive=true');
  await keys('GET', '/nothing?quorum=true');
  await keys('GET', '/a?quorum=true');
  await keys('DELETE', '/a?prevValue=1');
  await keys('DELETE', '/a');
}

async function metricsOf(cluster: Cluster): Promise<ReadonlyMap<string, ExposedMetric>> {
  await use(cluster);
  const leader = await cluster.leader();
  // The first probes of the links take a moment.
  return until('round trips are measured', 60_000, async () => {
    const metrics = parseExposed((await leader.get('/metrics')).text);
    return metrics.has('etcd_network_peer_round_trip_time_seconds') ? metrics : undefined;
  });
}

suite('the metrics of etcd 3.4 itself', () => {
  let etcd: ReadonlyMap<string, ExposedMetric>;
  let cairn: ReadonlyMap<string, ExposedMetric>;

  beforeAll(async () => {
    // One after the other: two clusters at once are more than a small machine likes.
    const arguments_ = { etcd: ['--metrics', 'extensive'], cairn: ['--metrics', 'extensive'] };
    const start = async (program: 'etcd' | 'cairn') => {
      const cluster = await Cluster.start({ program, moreArguments: arguments_[program] });
      try {
        return await metricsOf(cluster);
      } finally {
        await cluster.end();
      }
    };
    etcd = await start('etcd');
    cairn = await start('cairn');
  });

  afterAll(closeConnections);

  test('are all there but those that are left out on purpose', () => {
    const names = [...etcd.keys()].filter((name) => !NOT_IN_TABLE.some((pattern) => pattern.test(name)));
    expect(names.filter((name) => !cairn.has(name))).toEqual([]);
    // Nothing may hide behind the list of exceptions.
    const table = families.flatMap(({ rows }) => rows).map(({ name }) => name);
    expect(table.filter((name) => NOT_IN_TABLE.some((pattern) => pattern.test(name)))).toEqual([]);
    expect(names.length).toBeGreaterThan(60);
  });

  test('have the same types, labels and buckets', () => {
    const facts = (metric: ExposedMetric): object => ({
      type: metric.type,
      labels: labelNames(metric),
      buckets: bounds(metric),
    });
    const both = [...etcd].flatMap(([name, theirs]) => {
      const ours = cairn.get(name);
      return ours === undefined ? [] : [{ name, theirs, ours }];
    });
    expect(both.length).toBeGreaterThan(60);
    expect(both.map(({ name, ours }) => [name, facts(ours)])).toEqual(
      both.map(({ name, theirs }) => [name, facts(theirs)]),
    );
  });

  test('count the same for the same requests', () => {
    const counted = [
      ...['GET', 'QGET', 'PUT', 'POST', 'DELETE'].map((method) => ['etcd_http_received_total', { method }] as const),
      ['etcd_http_failed_total', { method: 'QGET', code: '404' }] as const,
      ['etcd_http_failed_total', { method: 'PUT', code: '412' }] as const,
      ['etcd_http_failed_total', { method: 'DELETE', code: '412' }] as const,
      // Not `create`: the members of etcd are keys of its store.
      ...['update', 'compareAndSwap', 'compareAndDelete', 'delete'].map(
        (action) => ['etcd_debugging_store_writes_total', { action }] as const,
      ),
    ];
    const show = (metrics: ReadonlyMap<string, ExposedMetric>) =>
      counted.map(([name, labels]) => ({ name, ...labels, value: sumOf(metrics, name, labels) }));
    expect(show(cairn)).toEqual(show(etcd));
  });
});
