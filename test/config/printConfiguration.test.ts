import fc from 'fast-check';
import type { ActiveName } from '../../src/config/options';
import { samples } from './samples';
import { configurationOf, load, printed } from './support';

const names = Object.keys(samples) as ActiveName[];

/** The printed configuration used as a file gives the same configuration. */
function expectRoundTrip(argv: readonly string[]): void {
  const file = printed({ argv: [...argv, '--print-config'] });
  expect(configurationOf({ file })).toEqual(configurationOf({ argv }));
}

describe('--print-config', () => {
  it('says where each value came from, and the warnings', () => {
    const text = printed({
      argv: ['--print-config', '--auto-rejoin=F', '-n', 'm1'],
      env: { ETCD_HEARTBEAT_INTERVAL: '0100', ETCD_X: '1' },
      file: '\nlog-level: warn\n',
    });
    expect(text).toBe(
      [
        '# Configuration of Cairn 0.1.0; --config-file accepts it.',
        '# Warning: ETCD_X is no option and has no effect',
        '# Warning: --n is a name of etcd 0.1: better use --name',
        'name: m1 # from --n',
        'data-dir: m1.etcd # default',
        'listen-client-urls: http://localhost:2379,http://localhost:4001 # default',
        'advertise-client-urls: http://localhost:2379,http://localhost:4001 # default',
        'snapshot-count: 10000 # default',
        'quota-bytes: 0 # default',
        'history-length: 1000 # default',
        'listen-peer-urls: http://localhost:2380,http://localhost:7001 # default',
        'initial-advertise-peer-urls: http://localhost:2380,http://localhost:7001 # default',
        'initial-cluster: m1=http://localhost:2380,m1=http://localhost:7001 # default',
        'initial-cluster-state: new # default',
        'initial-cluster-token: etcd-cluster # default',
        'cluster-active-size: 0 # default',
        'cluster-remove-delay: 0 # default',
        'cluster-sync-interval: 0 # default',
        'peers: "" # default',
        'peers-file: "" # default',
        'heartbeat-interval: 100 # from ETCD_HEARTBEAT_INTERVAL',
        'election-timeout: 1000 # default',
        'strict-reconfig-check: true # default',
        'auto-rejoin: false # from --auto-rejoin',
        'force-new-cluster: false # default',
        'max-uncommitted-bytes: 67108864 # default',
        'discovery: "" # default',
        'discovery-protocol: auto # default',
        'discovery-fallback: proxy # default',
        'discovery-cacert: "" # default',
        'discovery-cert: "" # default',
        'discovery-key: "" # default',
        'discovery-srv: "" # default',
        'discovery-srv-name: "" # default',
        'join-urls: "" # default',
        'discovery-prefix: "" # default',
        'discovery-token-ttl: 604800 # default',
        'discovery-tokens: "" # default',
        'discovery-cluster-file: "" # default',
        'proxy: off # default',
        'proxy-failure-wait: 5000 # default',
        'proxy-refresh-interval: 30000 # default',
        'proxy-dial-timeout: 1000 # default',
        'max-request-bytes: 10485760 # default',
        'max-header-bytes: 1048576 # default',
        'request-header-timeout: 10000 # default',
        'request-receive-timeout: 60000 # default',
        'cors: "" # default',
        'cross-site-writes: false # default',
        'dashboard: true # default',
        'host-whitelist: "" # default',
        'operator-routes: client # default',
        'cert-file: "" # default',
        'key-file: "" # default',
        'trusted-ca-file: "" # default',
        'client-cert-auth: false # default',
        'client-crl-file: "" # default',
        'client-cert-allowed-hostname: "" # default',
        'auto-tls: false # default',
        'peer-cert-file: "" # default',
        'peer-key-file: "" # default',
        'peer-trusted-ca-file: "" # default',
        'peer-client-cert-auth: false # default',
        'peer-crl-file: "" # default',
        'peer-cert-allowed-cn: "" # default',
        'peer-cert-allowed-hostname: "" # default',
        'peer-auto-tls: false # default',
        'self-signed-cert-validity: 1 # default',
        'tls-min-version: TLS1.2 # default',
        'tls-max-version: "" # default',
        'cipher-suites: "" # default',
        'metrics: extensive # default',
        'listen-metrics-urls: "" # default',
        'metrics-legacy-names: false # default',
        'log-level: warn # from /c.yaml:2',
        'log-format: auto # default',
        'audit-log: "" # default',
        '',
      ].join('\n'),
    );
  });

  it('reports a mistake instead', () => {
    expect(load({ argv: ['--print-config', '--name='] }).kind).toBe('error');
  });

  it.each(names)('round trip with %s', (name) => {
    const { text, beside = {} } = samples[name];
    expectRoundTrip([`--${name}=${text}`, ...Object.entries(beside).map(([other, value]) => `--${other}=${value}`)]);
  });

  it('round trip with older addresses', () => {
    expectRoundTrip(['-addr=[fd00::1]:4001', '-peer-addr=h:7001', '-peer-bind-addr=0.0.0.0', '-vv']);
  });

  it.each([
    'true',
    '5',
    'null',
    '~',
    'a: b',
    '# x',
    ' x ',
    '-',
    '"',
    "'",
    '\\',
    '&a',
    '*',
    'ü',
    '1e3',
    '%',
    '@',
    '`',
    '\u00a0',
    'a\u3000',
  ])('round trip with the directory and token %j', (text) => {
    expectRoundTrip([`--data-dir=${text}`, `--initial-cluster-token=${text}`]);
  });

  it('round trip with any text that is accepted', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 120 }), (text) => {
        const argv = [`--data-dir=${text}`, `--initial-cluster-token=${text}`];
        if (load({ argv }).kind === 'run') expectRoundTrip(argv);
      }),
      { numRuns: 200 },
    );
  });
});
