import { connect, type Socket } from 'node:net';
import { stablePort } from '../support/ports';
import { ServerProcess, whyMissing } from '../support/serverProcess';
import { call, closeConnections, type Answer } from '../cluster/httpClient';
import { until } from '../cluster/waiting';
import { descriptorLimit } from '../../src/limits/descriptors';
import { families } from '../../src/metrics/table';
import { parseExposed, sumOf } from './exposed';

const suite = whyMissing('cairn') === undefined ? describe : describe.skip;
const WATCHES = 10_000;
const SCRAPES = 20;

const legacyNames = families.filter(({ shown }) => shown === 'legacyNames').flatMap(({ rows }) => rows);

afterAll(closeConnections);

suite('a member', () => {
  let member: ServerProcess;
  let metricsPort: number;

  beforeAll(async () => {
    metricsPort = await stablePort();
    const urls = `http://127.0.0.1:${metricsPort}`;
    member = await ServerProcess.start('cairn', { moreArguments: ['--listen-metrics-urls', urls] });
  });

  afterAll(async () => {
    await member.remove();
  });

  function keys(method: string, target: string, form?: Record<string, string>): Promise<Answer> {
    const fields = form === undefined ? {} : { form };
    return call(member.clientPort, { method, target: `/v2/keys${target}`, ...fields });
  }

  async function scrape(port = member.clientPort): Promise<ReturnType<typeof parseExposed>> {
    return parseExposed((await call(port, { method: 'GET', target: '/metrics' })).text);
  }

  test('says what its statistics say', async () => {
    await keys('PUT', '/a', { value: '1' });
    await keys('PUT', '/a?prevExist=false', { value: '1' });
    await keys('PUT', '/b/c?prevExist=false', { value: '1', ttl: '1000' });
    await keys('PUT', '/a?prevExist=true', { value: '2' });
    await keys('PUT', '/nope?prevExist=true', { value: '2' });
    await keys('PUT', '/a?prevValue=x', { value: '2' });
    await keys('PUT', '/a?prevValue=2', { value: '3' });
    await keys('DELETE', '/a?prevValue=x');
    await keys('DELETE', '/a?prevValue=3');
    await keys('DELETE', '/a');
    await keys('GET', '/b?recursive=true');
    await keys('GET', '/nope');
    const stats: Record<string, number> = JSON.parse(
      (await call(member.clientPort, { method: 'GET', target: '/v2/stats/store' })).text,
    );
    const stat = (name: string): number => stats[name] ?? NaN;
    const metrics = await scrape();
    const show = (name: string, action: string): number => sumOf(metrics, `etcd_debugging_store_${name}`, { action });
    for (const action of ['set', 'create', 'update', 'delete', 'compareAndSwap', 'compareAndDelete']) {
      const name = action === 'set' ? 'sets' : action;
      const [succeeded, failed] = [stat(`${name}Success`), stat(`${name}Fail`)];
      expect([action, show('writes_total', action)]).toEqual([action, succeeded + failed]);
      expect([action, show('writes_failed_total', action)]).toEqual([action, failed]);
    }
    expect(sumOf(metrics, 'etcd_debugging_store_reads_total')).toBe(stat('getsSuccess') + stat('getsFail'));
    expect(sumOf(metrics, 'etcd_debugging_store_reads_failed_total')).toBe(stat('getsFail'));
    expect(show('reads_total', 'getRecursive')).toBe(1);
    expect(sumOf(metrics, 'etcd_debugging_store_watchers')).toBe(stat('watchers'));
    expect(sumOf(metrics, 'etcd_ttl_keys')).toBe(1);
    // They took their way through log, disk and state machine.
    const counted = metrics.get('etcd_disk_wal_fsync_duration_seconds')?.samples ?? [];
    expect(counted.find(({ name }) => name.endsWith('_count'))?.value).toBeGreaterThan(5);
  });

  test('serves the text format on the client port, and on the metrics port nothing but monitoring', async () => {
    const answer = await call(member.clientPort, { method: 'GET', target: '/metrics' });
    expect(answer.headers['content-type']).toBe('text/plain; version=0.0.4; charset=utf-8');
    expect((await scrape(metricsPort)).has('etcd_server_has_leader')).toBe(true);
    const health = await call(metricsPort, { method: 'GET', target: '/health' });
    expect([health.status, health.text]).toEqual([200, '{"health": "true"}']);
    expect((await call(metricsPort, { method: 'GET', target: '/readyz' })).status).toBe(200);
    expect((await call(metricsPort, { method: 'GET', target: '/v2/keys/' })).status).toBe(404);
    expect((await call(metricsPort, { method: 'PUT', target: '/metrics' })).status).toBe(405);
  });

  test('counts its health checks, its clients’ bytes and its open files', async () => {
    const before = await scrape();
    await call(member.clientPort, { method: 'GET', target: '/health' });
    await keys('PUT', '/large', { value: 'x'.repeat(50_000) });
    const after = await scrape();
    const grown = (name: string): number => sumOf(after, name) - sumOf(before, name);
    expect(grown('etcd_server_health_success')).toBe(1);
    expect(grown('etcd_network_client_grpc_received_bytes_total')).toBeGreaterThan(50_000);
    expect(grown('etcd_network_client_grpc_sent_bytes_total')).toBeGreaterThan(50_000);
    expect(sumOf(after, 'process_open_fds')).toBeGreaterThan(10);
    expect(sumOf(after, 'process_max_fds')).toBe(descriptorLimit());
    expect(sumOf(after, 'etcd_mvcc_db_total_size_in_bytes')).toBeGreaterThan(50_000);
  });

  test('has the names of etcd 2.3 only when asked', async () => {
    const metrics = await scrape();
    for (const { name } of legacyNames) expect([name, metrics.has(name)]).toEqual([name, false]);
    const older = await ServerProcess.start('cairn', { moreArguments: ['--metrics-legacy-names', '--metrics=basic'] });
    try {
      const shown = parseExposed((await call(older.clientPort, { method: 'GET', target: '/metrics' })).text);
      for (const { name } of legacyNames) expect([name, shown.has(name)]).toEqual([name, true]);
      expect(shown.has('grpc_server_handling_seconds')).toBe(false);
    } finally {
      await older.remove();
    }
  });

  // Each watch is a connection: a file here and one there.
  const enough = descriptorLimit() > WATCHES + 500;
  (enough ? test : test.skip)(`is scraped quickly with ${WATCHES} open watches`, async () => {
    const sockets = await openWatches(member.clientPort, WATCHES);
    try {
      await until('all watches are registered', 60_000, async () => {
        return sumOf(await scrape(), 'etcd_debugging_store_watchers') >= WATCHES || undefined;
      });
      // Processor time of the member: what passes by the clock is that of all who want the machine.
      const usedS = async (): Promise<number> => sumOf(await scrape(), 'process_cpu_seconds_total');
      const beforeS = await usedS();
      for (let done = 1; done < SCRAPES; done++) await scrape();
      const eachMs = (((await usedS()) - beforeS) / SCRAPES) * 1000;
      process.stderr.write(`a scrape with ${WATCHES} open watches: ${eachMs.toFixed(1)} ms (mean of ${SCRAPES})\n`);
      expect(eachMs).toBeGreaterThan(0);
      expect(eachMs).toBeLessThan(50);
      expect(sumOf(await scrape(), 'etcd_watch_streams')).toBe(WATCHES);
    } finally {
      for (const socket of sockets) socket.destroy();
    }
  });
});

async function openWatches(port: number, count: number): Promise<readonly Socket[]> {
  const sockets: Socket[] = [];
  while (sockets.length < count) {
    const some = await Promise.all(Array.from({ length: 250 }, () => openWatch(port)));
    sockets.push(...some);
  }
  return sockets;
}

function openWatch(port: number): Promise<Socket> {
  return new Promise((resolve, reject) => {
    const socket = connect(port, '127.0.0.1');
    socket.on('error', reject);
    // The head of the answer says that the watch is there.
    socket.once('data', () => {
      socket.resume();
      resolve(socket);
    });
    socket.write('GET /v2/keys/watched?wait=true&stream=true&recursive=true HTTP/1.1\r\nHost: localhost\r\n\r\n');
  });
}
