import { spawn, spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { Cluster } from '../cluster/cluster';
import { whyNoCairn, type ClusterMember } from '../cluster/clusterMember';
import { closeConnections } from '../cluster/httpClient';
import { until } from '../cluster/waiting';
import { alertExpressions, dashboardExpressions } from './etcdExpressions';
import { alertRules, measured, panels, quicker, quickRules, recordingExpressions } from './expressions';
import { whyNoStrace } from '../support/strace';
import { makePki, type Pki } from '../tls/support/pki';
import { Load } from './load';
import { PrometheusProcess, whyNoPrometheus } from './prometheusProcess';

const INTERVAL_MS = 500;
/** Of each client after some requests. What is told and asked for is rates: that something happens counts, and not how much of it. */
const PAUSE_MS = 100;
const missing = whyNoPrometheus() ?? whyNoCairn();
const suite = missing === undefined ? describe : describe.skip;
const strace = whyNoStrace() === undefined;

test('the files that are shipped are in order', () => {
  const dashboard = panels('5m');
  expect(dashboard.length).toBeGreaterThan(20);
  expect(dashboard.every(({ queries }) => queries.length > 0)).toBe(true);
  expect(measured('sum by (job) (up == bool 0) > 0')).toBe('sum by (job) (up == bool 0)');
  expect(measured('a{code=~"5 > 1"} / b > 0.05')).toBe('a{code=~"5 > 1"} / b');
  expect(measured('absent(up{job="a"})')).toBe('up{job="a"}');
  expect(quicker('increase((a or b)[15m:1m]) + rate(c[4h])')).toBe('increase((a or b)[15s:1s]) + rate(c[4m])');
});

const promtool = spawnSync('promtool', ['--version']).status === 0;

(promtool ? test : test.skip)('promtool has nothing to say about them', () => {
  const directory = join(__dirname, '..', '..', 'deploy', 'prometheus');
  const rules = spawnSync('promtool', ['check', 'rules', '--lint-fatal', 'alerts.yml', 'recording.yml'], {
    cwd: directory,
  });
  expect([rules.stderr.toString(), rules.status]).toEqual(['', 0]);
  const configuration = spawnSync('promtool', ['check', 'config', 'prometheus.yml'], { cwd: directory });
  expect([configuration.stderr.toString(), configuration.status]).toEqual(['', 0]);
});

(promtool ? test : test.skip)('a full store and a missing member are told of, and what is well is not', () => {
  const cases = ['storeAlerts.yaml', 'memberAlerts.yaml'].map((name) => join(__dirname, name));
  const { stdout, stderr, status } = spawnSync('promtool', ['test', 'rules', ...cases]);
  expect([`${stdout.toString()}${stderr.toString()}`, status]).toEqual([expect.stringContaining('SUCCESS'), 0]);
});

suite(`a Prometheus that scrapes a cluster of three (${missing ?? 'both are here'})`, () => {
  let cluster: Cluster;
  let prometheus: PrometheusProcess;
  let load: Load;
  let pki: Pki;

  beforeAll(async () => {
    // A port with TLS beside the one that is scraped, so that there are a certificate and a list whose ends can be told.
    pki = await makePki();
    const { certFile, keyFile } = await pki.issue('member');
    const tls = [
      ...['--listen-metrics-urls', 'https://127.0.0.1:0', '--cert-file', certFile, '--key-file', keyFile],
      ...['--trusted-ca-file', pki.caFile, '--client-cert-auth', '--client-crl-file', await pki.revoke([])],
    ];
    cluster = await Cluster.start({ moreArguments: ['--metrics-legacy-names', ...tls] });
    prometheus = await PrometheusProcess.start({
      targets: cluster.members.map(({ clientPort }) => `127.0.0.1:${clientPort}`),
      rules: [quickRules('alerts.yml'), quickRules('recording.yml')],
      directory: join(cluster.directory, 'prometheus'),
      intervalMs: INTERVAL_MS,
    });
    load = new Load(cluster, PAUSE_MS);
  });

  afterAll(async () => {
    await load?.stop();
    await prometheus?.stop();
    await cluster?.end();
    pki?.remove();
    closeConnections();
  });

  /** Resolves when each expression has at least one number; fails with those that have none. */
  async function allHaveData(expressions: readonly string[], limitMs: number): Promise<void> {
    let without: readonly string[] = expressions;
    await until('every expression has data', limitMs, async () => {
      const still: string[] = [];
      for (const expression of without) {
        const results = await prometheus.query(expression);
        if (!results.some(({ value }) => Number.isFinite(value))) still.push(expression);
      }
      without = still;
      return still.length === 0 || undefined;
    }).catch(() => undefined);
    expect(without).toEqual([]);
  }

  function fires(...names: readonly string[]): Promise<true> {
    return until(`${names.join(' and ')} fire`, 60_000, async () => {
      const firing = await prometheus.firing();
      return names.every((name) => firing.has(name)) || undefined;
    });
  }

  function isQuiet(): Promise<boolean> {
    return until('no alert fires', 60_000, async () => {
      const firing = await prometheus.firing();
      // The words of a failure should name them.
      if (firing.size > 0) throw new Error([...firing].join(', '));
      return true;
    });
  }

  test('every panel has data', async () => {
    await allHaveData(
      panels('10s').flatMap(({ queries }) => queries.map(({ expr }) => expr)),
      30_000,
    );
  });

  test('every alert and recording rule has data', async () => {
    const alerts = alertRules().map(({ expr }) => quicker(measured(expr)));
    await allHaveData([...alerts, ...recordingExpressions().map(quicker)], 30_000);
    for (const { expr } of alertRules()) await expect(prometheus.query(expr)).resolves.toBeDefined();
  });

  test('what dashboards and alerts for etcd ask has data', async () => {
    await allHaveData([...alertExpressions, ...dashboardExpressions].map(quicker), 30_000);
  });

  test('a list of revoked certificates that nobody replaces', async () => {
    await isQuiet();
    await pki.revoke([], 1 / 24);
    await fires('CairnRevocationListEndsSoon', 'CairnRevocationListEnds');
    await pki.revoke([]);
    await isQuiet();
  });

  test('a member that is gone, then the quorum, then all is well again', async () => {
    await isQuiet();
    const [first, second] = await victims();
    await first.kill();
    await fires('CairnMembersDown');
    expect((await prometheus.firing()).has('CairnNoLeader')).toBe(false);
    await second.kill();
    await fires('CairnMembersDown', 'CairnNoLeader', 'CairnInsufficientMembers');
    first.start();
    second.start();
    await cluster.healthy();
    await isQuiet();
  });

  /** Two of three; the one that stays is a follower or the leader, as it comes. */
  async function victims(): Promise<readonly [ClusterMember, ClusterMember]> {
    const followers = await cluster.followers();
    const [one] = followers;
    if (one === undefined) throw new Error('a cluster of three has followers');
    return [one, await cluster.leader()];
  }

  // Every sync of the disk takes 700 ms longer, as the process sees it.
  (strace ? test : test.skip)('a slow disk (made by strace)', async () => {
    const [slow] = await cluster.followers();
    if (slow === undefined) throw new Error('a cluster of three has followers');
    const delayed = 'inject=fdatasync,fsync:delay_enter=700000';
    const flags = [
      '-f',
      '-qq',
      '-o',
      '/dev/null',
      '-e',
      'trace=fdatasync,fsync',
      '-e',
      delayed,
      '-p',
      String(slow.pid),
    ];
    const tracer = spawn('strace', flags, { stdio: 'ignore' });
    try {
      await fires('CairnHighFsyncDurations', 'CairnHighCommitDurations');
    } finally {
      tracer.kill('SIGINT');
      await new Promise((resolve) => tracer.once('exit', resolve));
    }
    await isQuiet();
  });
});
