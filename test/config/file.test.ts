import { configurationOf, load, run } from './support';

/** In the form of the sample that etcd ships: every key is there, many without a value. */
const etcdFile = `
# Human-readable name for this member.
name: 'infra0'
data-dir:
wal-dir:
snapshot-count: 10000
heartbeat-interval: 100
election-timeout: 1000
quota-backend-bytes: 0
listen-peer-urls: http://localhost:2380
listen-client-urls: http://localhost:2379
max-snapshots: 5
cors:
initial-advertise-peer-urls: http://localhost:2380
advertise-client-urls: http://localhost:2379
discovery:
discovery-fallback: 'proxy'
initial-cluster:
initial-cluster-token: 'etcd-cluster'
initial-cluster-state: 'new'
strict-reconfig-check: false
enable-pprof: true
proxy: 'off'
proxy-failure-wait: 5000
client-transport-security:
  cert-file:
  client-cert-auth: false
  auto-tls: false
peer-transport-security:
  key-file:
  client-cert-auth: false
  trusted-ca-file:
self-signed-cert-validity: 1
log-level: debug
logger: zap
log-outputs: [stderr]
force-new-cluster: false
auto-compaction-mode: periodic
auto-compaction-retention: "1"
cipher-suites: [
  TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256
]
tls-min-version: 'TLS1.2'
`;

describe('a configuration file', () => {
  it('may be one of etcd 3.x', () => {
    const { configuration, warnings } = run({ file: etcdFile });
    const localhost = (port: number): unknown => ({ scheme: 'http', host: 'localhost', port });
    expect(configuration).toMatchObject({
      name: 'infra0',
      dataDir: 'infra0.etcd',
      listenClientUrls: [localhost(2379)],
      listenPeerUrls: [localhost(2380)],
      initialCluster: new Map([['infra0', [localhost(2380)]]]),
      cors: [],
      strictReconfigCheck: false,
      logLevel: 'debug',
    });
    expect(warnings).toHaveLength(7);
    expect(warnings[0]).toBe('/c.yaml:9: quota-backend-bytes is a name of etcd 2.3: better use --quota-bytes');
    expect(warnings[1]).toMatch(/^\/c\.yaml:12: max-snapshots is accepted and has no effect: /);
  });

  it.each(['', '\n', '# nothing\n', '---\n', 'null\n', '{}\n'])('may be empty: %j', (file) => {
    expect(load({ file })).toEqual(load({}));
  });

  it('may use anchors', () => {
    const file = 'name: &n infra0\ninitial-cluster-token: *n\n';
    expect(configurationOf({ file })).toMatchObject({ name: 'infra0', initialClusterToken: 'infra0' });
  });

  it.each([
    ['name: m1\n---\nclient-cert-auth: true\n', 2],
    ['name: m1\n...\nclient-cert-auth: true\n[ garbage', 3],
    ['---\n# licence\n---\nname: m1\nclient-cert-auth: true\n', 3],
  ])('is one document, and what stands behind it is not left out in silence: %j', (file, line) => {
    expect(load({ file })).toEqual({
      kind: 'error',
      message: `/c.yaml:${line}: another document begins here; put all options into one, without --- or ... between`,
    });
  });

  it.each([
    ['name: m1\nclient-cert-auth: *yes\n', 'client-cert-auth: *yes has no &yes before it'],
    ['name: m1\nclient-transport-security: *tls\n', 'client-transport-security: *tls has no &tls before it'],
    ['name: *m1\nn: &m1 m1\n', 'name: *m1 has no &m1 before it'],
  ])('is refused for an alias of nothing: %j', (file, message) => {
    expect(load({ file })).toEqual({ kind: 'error', message: expect.stringContaining(message) as string });
  });

  it.each([
    'client-cert-auth: false\nclient-transport-security:\n  client-cert-auth: true\n',
    'client-transport-security:\n  client-cert-auth: true\nclient-cert-auth: false\n',
  ])('says each option once: %j', (file) => {
    const loaded = load({ file });
    expect(loaded).toMatchObject({ kind: 'error' });
    expect(JSON.stringify(loaded)).toMatch(
      /c\.yaml:[23]: client-cert-auth: client-cert-auth is given twice, first at \/c\.yaml:[12]: client-cert-auth; remove one of them/,
    );
  });

  it('may write numbers in any form that YAML has', () => {
    expect(configurationOf({ file: 'snapshot-count: 1e3' }).snapshotCount).toBe(1000);
    expect(configurationOf({ file: 'snapshot-count: 0x10' }).snapshotCount).toBe(16);
  });

  it('is refused at once however deep it is', () => {
    for (const file of [
      '['.repeat(100_000),
      `name: ${'{a: '.repeat(50_000)}`,
      `name: infra0\n${'- '.repeat(100_000)}`,
    ]) {
      const loaded = load({ file });
      expect(loaded.kind).toBe('error');
      expect(JSON.stringify(loaded)).toContain('levels deep');
    }
  });

  it('is not read when nobody names it', () => {
    expect(run({ env: { ETCDCTL_CONFIG_FILE: '/c.yaml' } }).configuration.name).toBe('default');
  });
});
