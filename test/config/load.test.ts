import { propertyOf } from '../../src/config/configuration';
import { activeOptions, activeRows } from '../../src/config/options';
import type { ActiveName } from '../../src/config/options';
import { loadConfiguration } from '../../src/config/load';
import { samples } from './samples';
import type { Sample } from './samples';
import { build, configurationOf, load, readerOf, run } from './support';

const names = Object.keys(samples) as ActiveName[];

function variable(name: string): string {
  return `ETCD_${name.toUpperCase().replaceAll('-', '_')}`;
}

function flagsBeside({ beside = {} }: Sample): string[] {
  return Object.entries(beside).map(([name, text]) => `--${name}=${text}`);
}

describe('an empty command line', () => {
  it('gives the defaults', () => {
    const localhost = (port: number): unknown => ({ scheme: 'http', host: 'localhost', port });
    expect(load({})).toEqual({
      kind: 'run',
      configuration: {
        name: 'default',
        dataDir: 'default.etcd',
        listenClientUrls: [localhost(2379), localhost(4001)],
        advertiseClientUrls: [localhost(2379), localhost(4001)],
        snapshotCount: 10_000,
        quotaBytes: 0,
        historyLength: 1000,
        listenPeerUrls: [localhost(2380), localhost(7001)],
        initialAdvertisePeerUrls: [localhost(2380), localhost(7001)],
        initialCluster: new Map([['default', [localhost(2380), localhost(7001)]]]),
        initialClusterState: 'new',
        initialClusterToken: 'etcd-cluster',
        clusterActiveSize: 0,
        clusterRemoveDelay: 0,
        clusterSyncInterval: 0,
        peers: [],
        peersFile: '',
        heartbeatIntervalMs: 100,
        electionTimeoutMs: 1000,
        strictReconfigCheck: true,
        autoRejoin: true,
        forceNewCluster: false,
        maxUncommittedBytes: 67_108_864,
        discovery: '',
        discoveryProtocol: 'auto',
        discoveryCacert: '',
        discoveryCert: '',
        discoveryFallback: 'proxy',
        discoveryKey: '',
        discoverySrv: '',
        discoverySrvName: '',
        joinUrls: [],
        discoveryPrefix: '',
        discoveryTokenTtl: 604_800,
        discoveryTokens: [],
        discoveryClusterFile: '',
        proxy: 'off',
        proxyFailureWaitMs: 5000,
        proxyRefreshIntervalMs: 30_000,
        proxyDialTimeoutMs: 1000,
        maxRequestBytes: 10_485_760,
        maxHeaderBytes: 1_048_576,
        requestHeaderTimeoutMs: 10_000,
        requestReceiveTimeoutMs: 60_000,
        cors: [],
        crossSiteWrites: false,
        dashboard: true,
        hostWhitelist: [],
        operatorRoutes: 'client',
        certFile: '',
        keyFile: '',
        trustedCaFile: '',
        clientCertAuth: false,
        clientCrlFile: '',
        clientCertAllowedHostname: [],
        autoTls: false,
        peerCertFile: '',
        peerKeyFile: '',
        peerTrustedCaFile: '',
        peerClientCertAuth: false,
        peerCrlFile: '',
        peerCertAllowedCn: [],
        peerCertAllowedHostname: [],
        peerAutoTls: false,
        selfSignedCertValidity: 1,
        tlsMinVersion: 'TLS1.2',
        tlsMaxVersion: '',
        cipherSuites: [],
        metrics: 'extensive',
        listenMetricsUrls: [],
        metricsLegacyNames: false,
        logLevel: 'info',
        logFormat: 'auto',
        auditLog: '',
      },
      warnings: [],
      sources: new Map(activeRows.map(({ name }) => [name, { source: 'default' }])),
    });
  });
});

describe.each(names)('%s', (name) => {
  const sample = samples[name];

  it('has the property its name and unit give', () => {
    expect(propertyOf(name, activeOptions[name].kind)).toBe(sample.property);
    expect(configurationOf({})[sample.property]).not.toEqual(sample.value);
  });

  it('comes from a flag with =', () => {
    const { configuration, sources, warnings } = run({ argv: [`--${name}=${sample.text}`, ...flagsBeside(sample)] });
    expect(configuration[sample.property]).toEqual(sample.value);
    expect(sources.get(name)).toEqual({ source: 'flag', flag: `--${name}` });
    expect(warnings).toEqual(sample.warns === undefined ? [] : [expect.stringMatching(sample.warns)]);
  });

  it('comes from a flag with one dash', () => {
    const argv = [`-${name}=${sample.text}`, ...flagsBeside(sample)];
    expect(configurationOf({ argv })[sample.property]).toEqual(sample.value);
  });

  it('comes from a variable', () => {
    const env = { [variable(name)]: sample.text };
    const { configuration, sources } = run({ env, argv: flagsBeside(sample) });
    expect(configuration[sample.property]).toEqual(sample.value);
    expect(sources.get(name)).toEqual({ source: 'environment', variable: variable(name) });
  });

  it('comes from the file', () => {
    const file = `# a comment\n${name}: ${sample.yaml ?? sample.text}\n`;
    const { configuration, sources } = run({ file, argv: flagsBeside(sample) });
    expect(configuration[sample.property]).toEqual(sample.value);
    expect(sources.get(name)).toEqual({ source: 'file', path: '/c.yaml', line: 2, key: name });
  });
});

describe.each(names.filter((name) => activeOptions[name].kind.type !== 'boolean'))('%s, not a switch', (name) => {
  it('takes its value from the next argument', () => {
    const sample = samples[name];
    const argv = [`--${name}`, sample.text, ...flagsBeside(sample)];
    expect(configurationOf({ argv })[sample.property]).toEqual(sample.value);
  });
});

describe('precedence', () => {
  const file = 'name: from-file\ndata-dir: file-dir\nsnapshot-count: 3\n';
  const env = { ETCD_NAME: 'from-env', ETCD_DATA_DIR: 'env-dir' };

  it('prefers flags to variables, variables to the file, the file to defaults', () => {
    const { configuration, sources } = run({ argv: ['--name=from-flag'], env, file });
    expect(configuration).toMatchObject({
      name: 'from-flag',
      dataDir: 'env-dir',
      snapshotCount: 3,
      historyLength: 1000,
    });
    expect(['name', 'data-dir', 'snapshot-count', 'history-length'].map((name) => sources.get(name)?.source)).toEqual([
      'flag',
      'environment',
      'file',
      'default',
    ]);
  });

  it('does not look at what is overridden', () => {
    const wrong = { ETCD_SNAPSHOT_COUNT: 'many' };
    expect(configurationOf({ argv: ['--snapshot-count=7'], env: wrong }).snapshotCount).toBe(7);
  });

  it('takes the last of a repeated flag, lists and older spellings included', () => {
    const argv = ['--cors=http://a', '--cors=http://b', '--name=x', '-n', 'y', '--auto-rejoin=false', '--auto-rejoin'];
    expect(configurationOf({ argv })).toMatchObject({ cors: ['http://b'], name: 'y', autoRejoin: true });
  });

  it('prefers the name of today to an older one in the environment and in the file', () => {
    expect(configurationOf({ env: { ETCD_SNAPSHOTCOUNT: '1', ETCD_SNAPSHOT_COUNT: '2' } }).snapshotCount).toBe(2);
    expect(configurationOf({ file: 'n: old\nname: today\n' }).name).toBe('today');
  });

  it('takes the file from a variable, and from a flag before that', () => {
    const read = readerOf({ '/env.yaml': 'name: env', '/flag.yaml': 'name: flag' });
    const env2 = { ETCD_CONFIG_FILE: '/env.yaml' };
    expect(loadConfiguration([], env2, read, build)).toMatchObject({ configuration: { name: 'env' } });
    const outcome = loadConfiguration(['--config-file', '/flag.yaml'], env2, read, build);
    expect(outcome).toMatchObject({ configuration: { name: 'flag' } });
  });
});

describe('values that follow others', () => {
  it('makes the data directory and the initial cluster from the name and the URLs', () => {
    const argv = ['--name=m1', '--initial-advertise-peer-urls=http://a:1, http://b:2'];
    expect(configurationOf({ argv })).toMatchObject({
      dataDir: 'm1.etcd',
      initialCluster: new Map([
        [
          'm1',
          [
            { scheme: 'http', host: 'a', port: 1 },
            { scheme: 'http', host: 'b', port: 2 },
          ],
        ],
      ]),
    });
  });

  it('takes an empty text for "not set" where the default follows others', () => {
    const { configuration, sources } = run({ argv: ['--data-dir='], file: 'initial-cluster: ""' });
    expect(configuration.dataDir).toBe('default.etcd');
    expect([...configuration.initialCluster.keys()]).toEqual(['default']);
    expect(sources.get('data-dir')).toEqual({ source: 'default' });
  });
});

describe('booleans', () => {
  it.each(['1', 't', 'T', 'TRUE', 'true', 'True', 'tRuE'])('reads %s as true', (text) => {
    expect(configurationOf({ argv: [`--auto-rejoin=${text}`] }).autoRejoin).toBe(true);
  });

  it.each(['0', 'f', 'F', 'FALSE', 'false', 'False'])('reads %s as false', (text) => {
    expect(configurationOf({ env: { ETCD_AUTO_REJOIN: text } }).autoRejoin).toBe(false);
  });
});

describe('help and version', () => {
  it.each(['-h', '--help', '-help', '--h', '--help=true'])('%s prints the help whatever else is wrong', (flag) => {
    const outcome = load({ argv: ['--snapshot-count=x', flag], env: { ETCD_NAME: '=' } });
    expect(outcome).toMatchObject({ kind: 'print', text: expect.stringMatching(/^Usage: cairn /) });
  });

  it('prints four lines for --version', () => {
    const text = 'Cairn Version: 0.1.0\netcd API: 2.3.8\nNode.js: v20.19.0\nPlatform: linux/x64\n';
    expect(load({ argv: ['-version'], env: { ETCD_NAME: '=' } })).toEqual({ kind: 'print', text });
  });

  it('runs when a command is switched off', () => {
    expect(load({ argv: ['--help', '--help=false', '--version=0', '--print-config=F'] }).kind).toBe('run');
  });
});
