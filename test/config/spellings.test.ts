import type { Configuration } from '../../src/config/configuration';
import type { Environment } from '../../src/config/environment';
import { allOptions } from '../../src/config/options';
import type { Endpoint } from '../../src/config/urls';
import { messageOf, run } from './support';

const url = (host: string, port: number): Endpoint => ({ scheme: 'http', host, port });

const secureUrl = (host: string, port: number): Endpoint => ({ scheme: 'https', host, port });

/** Where a member listens for clients and what it tells them, in short. */
const clients = (listen: [string, number], advertise: [string, number]): Partial<Configuration> => ({
  listenClientUrls: [url(...listen)],
  advertiseClientUrls: [url(...advertise)],
});

const peers = (listen: [string, number], advertise: [string, number]): Partial<Configuration> => ({
  listenPeerUrls: [url(...listen)],
  initialAdvertisePeerUrls: [url(...advertise)],
  initialCluster: new Map([['default', [url(...advertise)]]]),
});

const mapped: readonly (readonly [string, readonly string[], Environment, Partial<Configuration>])[] = [
  ['0.1 -n', ['-n', 'node0'], {}, { name: 'node0', dataDir: 'node0.etcd' }],
  ['0.1 -d', ['-d', 'node0'], {}, { dataDir: 'node0' }],
  ['0.1 -c', ['-c', '127.0.0.1:4002'], {}, clients(['127.0.0.1', 4002], ['127.0.0.1', 4002])],
  ['0.1 -c, port alone', ['-c', '4001'], {}, clients(['127.0.0.1', 4001], ['127.0.0.1', 4001])],
  ['0.1 -c -cl', ['-c', 'h:4002', '-cl', '0.0.0.0'], {}, clients(['0.0.0.0', 4002], ['h', 4002])],
  ['0.1 -cl', ['-cl', '10.0.0.1'], {}, clients(['10.0.0.1', 4001], ['10.0.0.1', 4001])],
  ['0.1 -s', ['-s', '127.0.0.1:7002'], {}, peers(['127.0.0.1', 7002], ['127.0.0.1', 7002])],
  ['0.1 -s, port alone', ['-s', '7001'], {}, peers(['127.0.0.1', 7001], ['127.0.0.1', 7001])],
  ['0.1 -s -sl', ['-s', 'h:7002', '-sl', '0.0.0.0'], {}, peers(['0.0.0.0', 7002], ['h', 7002])],
  ['0.1 -v', ['-v'], {}, { logLevel: 'debug' }],
  ['0.1 -vv', ['-vv'], {}, { logLevel: 'debug' }],
  ['0.4 -vvv', ['-vvv'], {}, { logLevel: 'debug' }],
  ['2.3 --debug', ['--debug'], {}, { logLevel: 'debug' }],
  ['2.3 --debug=false', ['--debug=false'], {}, { logLevel: 'info' }],
  ['2.3 --quota-backend-bytes', ['--quota-backend-bytes=8192'], {}, { quotaBytes: 8192 }],
  ['2.3 ETCD_QUOTA_BACKEND_BYTES', [], { ETCD_QUOTA_BACKEND_BYTES: '8192' }, { quotaBytes: 8192 }],
  ['0.4 -addr', ['-addr', '10.0.0.1:4001'], {}, clients(['::', 4001], ['10.0.0.1', 4001])],
  ['0.4 -addr, IPv6', ['-addr=[fd00::1]:4001'], {}, clients(['::', 4001], ['fd00::1', 4001])],
  [
    '0.4 -addr -bind-addr',
    ['-addr', '10.0.0.1:4001', '-bind-addr', '0.0.0.0:5000'],
    {},
    clients(['0.0.0.0', 5000], ['10.0.0.1', 4001]),
  ],
  [
    '0.4 -bind-addr without port',
    ['-addr', '10.0.0.1:4009', '-bind-addr', '10.0.0.1'],
    {},
    clients(['10.0.0.1', 4009], ['10.0.0.1', 4009]),
  ],
  ['0.4 -bind-addr alone', ['-bind-addr', '0.0.0.0:4001'], {}, clients(['0.0.0.0', 4001], ['127.0.0.1', 4001])],
  ['0.4 -bind-addr :PORT', ['-bind-addr', ':4005'], {}, clients(['::', 4005], ['127.0.0.1', 4005])],
  ['0.4 -peer-addr', ['-peer-addr', '10.0.0.1:7001'], {}, peers(['::', 7001], ['10.0.0.1', 7001])],
  [
    '0.4 -peer-bind-addr',
    ['-peer-addr', '10.0.0.1:7001', '-peer-bind-addr', '10.0.0.1:7005'],
    {},
    peers(['10.0.0.1', 7005], ['10.0.0.1', 7001]),
  ],
  ['0.4 -snapshotCount', ['-snapshotCount=20'], {}, { snapshotCount: 20 }],
  ['0.4 -http-read-timeout, seconds', ['-http-read-timeout=12.5'], {}, { requestReceiveTimeoutMs: 12_500 }],
  ['0.4 ETCD_ADDR', [], { ETCD_ADDR: '10.132.248.118:4001' }, clients(['::', 4001], ['10.132.248.118', 4001])],
  [
    '0.4 ETCD_BIND_ADDR',
    [],
    { ETCD_ADDR: 'h:4001', ETCD_BIND_ADDR: '10.0.0.1' },
    clients(['10.0.0.1', 4001], ['h', 4001]),
  ],
  ['0.4 ETCD_PEER_ADDR', [], { ETCD_PEER_ADDR: 'h:7001' }, peers(['::', 7001], ['h', 7001])],
  [
    '0.4 ETCD_PEER_BIND_ADDR',
    [],
    { ETCD_PEER_ADDR: 'h:7001', ETCD_PEER_BIND_ADDR: '0.0.0.0' },
    peers(['0.0.0.0', 7001], ['h', 7001]),
  ],
  ['0.4 ETCD_SNAPSHOTCOUNT', [], { ETCD_SNAPSHOTCOUNT: '30' }, { snapshotCount: 30 }],
  ['0.4 ETCD_HTTP_READ_TIMEOUT', [], { ETCD_HTTP_READ_TIMEOUT: '300' }, { requestReceiveTimeoutMs: 300_000 }],
  ['0.4 ETCD_VERBOSE', [], { ETCD_VERBOSE: 'true' }, { logLevel: 'debug' }],
  ['0.4 ETCD_VERY_VERBOSE', [], { ETCD_VERY_VERBOSE: '1' }, { logLevel: 'debug' }],
  ['0.4 ETCD_VERY_VERY_VERBOSE', [], { ETCD_VERY_VERY_VERBOSE: '1' }, { logLevel: 'debug' }],
  ['2.3 ETCD_DEBUG', [], { ETCD_DEBUG: 'true' }, { logLevel: 'debug' }],
  [
    '0.1 -clientCert -clientKey -c',
    ['-clientCert=/c', '-clientKey=/k', '-c=10.0.0.1:4001'],
    {},
    {
      certFile: '/c',
      keyFile: '/k',
      clientCertAuth: false,
      listenClientUrls: [secureUrl('10.0.0.1', 4001)],
      advertiseClientUrls: [secureUrl('10.0.0.1', 4001)],
    },
  ],
  [
    '0.1 -clientCAFile',
    ['-clientCAFile=/ca', '-clientCert=/c', '-clientKey=/k', '-c=10.0.0.1:4001'],
    {},
    { trustedCaFile: '/ca', clientCertAuth: true },
  ],
  [
    '0.4 ETCD_CA_FILE',
    ['-clientCert=/c', '-clientKey=/k', '-c=10.0.0.1:4001'],
    { ETCD_CA_FILE: '/ca' },
    { trustedCaFile: '/ca', clientCertAuth: true },
  ],
  [
    '0.1 -serverCAFile -serverCert -serverKey -s',
    ['-serverCAFile=/ca', '-serverCert=/c', '-serverKey=/k', '-s=10.0.0.1:7001'],
    {},
    {
      peerTrustedCaFile: '/ca',
      peerClientCertAuth: true,
      peerCertFile: '/c',
      peerKeyFile: '/k',
      listenPeerUrls: [secureUrl('10.0.0.1', 7001)],
      initialAdvertisePeerUrls: [secureUrl('10.0.0.1', 7001)],
    },
  ],
  [
    '0.4 ETCD_PEER_CA_FILE',
    ['-serverCert=/c', '-serverKey=/k', '-s=10.0.0.1:7001'],
    { ETCD_PEER_CA_FILE: '/ca' },
    { peerTrustedCaFile: '/ca', peerClientCertAuth: true },
  ],
  ['0.4 -ca-file=', ['-ca-file='], {}, { trustedCaFile: '', clientCertAuth: false }],
  ['0.4 -peer-ca-file=', ['-peer-ca-file='], {}, { peerTrustedCaFile: '', peerClientCertAuth: false }],
  ['0.1 -maxsize', ['-maxsize=5'], {}, { clusterActiveSize: 5 }],
  ['0.4 -max-cluster-size', ['-max-cluster-size', '5'], {}, { clusterActiveSize: 5 }],
  ['0.1 -C', ['-C', '10.0.0.1:7001,10.0.0.2:7001'], {}, { peers: ['10.0.0.1:7001', '10.0.0.2:7001'] }],
  ['0.1 -CF', ['-CF=/etc/peers'], {}, { peersFile: '/etc/peers' }],
  ['a flag over a variable', ['-addr', 'a:1'], { ETCD_ADDR: 'b:2' }, clients(['::', 1], ['a', 1])],
];

describe('older spellings that mean an option of today', () => {
  it.each(mapped)('%s', (_, argv, env, expected) => {
    const { configuration, warnings } = run({ argv, env });
    expect(configuration).toMatchObject(expected);
    expect(warnings).toHaveLength(argv.filter((word) => word.startsWith('-')).length + Object.keys(env).length);
  });

  it('are all covered', () => {
    const used = mapped.flatMap(([, argv, env]) => [
      ...argv.map((word) => word.replace(/^-+|=.*/g, '')),
      ...Object.keys(env),
    ]);
    const active = allOptions.filter(({ option }) => option.status === 'active');
    const spellings = active.flatMap(({ option }) => option.spellings ?? []);
    expect(spellings.map(({ name }) => name).filter((name) => !used.includes(name))).toEqual([]);
    const variables = spellings.flatMap(({ env }) => (env === undefined ? [] : [env]));
    expect(variables.filter((variable) => !used.includes(variable))).toEqual([]);
  });

  it('are named in a warning', () => {
    const env = { ETCD_PEER_ADDR: '10.0.0.1:7001', ETCD_SNAPSHOTCOUNT: '9' };
    expect(run({ argv: ['-addr=a:1', '-n', 'x', '-debug'], env }).warnings).toEqual([
      '--debug is a name of etcd 2.3: better use --log-level',
      '--n is a name of etcd 0.1: better use --name',
      '--addr is a name of etcd 0.4: better use --listen-client-urls and --advertise-client-urls',
      'ETCD_PEER_ADDR is a name of etcd 0.4: better use --listen-peer-urls and --initial-advertise-peer-urls',
      'ETCD_SNAPSHOTCOUNT is a name of etcd 0.4: better use --snapshot-count',
    ]);
  });

  it('serve as keys of a file, as cloud-config had them', () => {
    const file = 'addr: 10.0.0.1:4001\npeer-addr: 10.0.0.1:7001\nc: 4001\nsnapshotCount: 7\nv: true\n';
    expect(run({ file: file.replace('c: 4001\n', '') }).configuration).toMatchObject({
      ...clients(['::', 4001], ['10.0.0.1', 4001]),
      ...peers(['::', 7001], ['10.0.0.1', 7001]),
      snapshotCount: 7,
      logLevel: 'debug',
    });
    expect(run({ file: 'c: 4001\n' }).configuration).toMatchObject(clients(['127.0.0.1', 4001], ['127.0.0.1', 4001]));
  });
});

describe('whole command lines of the old documents', () => {
  it('starts the node of the v0.1 README', () => {
    expect(run({ argv: ['-s', '7001', '-c', '4001', '-d', 'nodes/node1'] }).configuration).toMatchObject({
      dataDir: 'nodes/node1',
      ...clients(['127.0.0.1', 4001], ['127.0.0.1', 4001]),
      ...peers(['127.0.0.1', 7001], ['127.0.0.1', 7001]),
    });
  });

  it('starts the machine of the v0.4 API document', () => {
    const { configuration, warnings } = run({ argv: ['-data-dir', 'machine0', '-name', 'machine0'] });
    expect(configuration).toMatchObject({ dataDir: 'machine0', name: 'machine0' });
    expect(warnings).toEqual([]);
  });

  it('starts the second machine of the v0.1 README', () => {
    const argv = ['-c', '4002', '-s', '7002', '-C', '127.0.0.1:7001', '-d', 'nodes/node2'];
    expect(run({ argv }).configuration).toMatchObject({ dataDir: 'nodes/node2', peers: ['127.0.0.1:7001'] });
  });

  it('starts a machine of the 0.4 documents, with their flags and variables of the cluster', () => {
    const argv = ['-peers', '10.0.0.1:7001', '-cluster-active-size', '5', '-cluster-remove-delay=600'];
    const { configuration, warnings } = run({ argv, env: { ETCD_CLUSTER_SYNC_INTERVAL: '10' } });
    expect(configuration).toMatchObject({
      ...{ peers: ['10.0.0.1:7001'], clusterActiveSize: 5 },
      ...{ clusterRemoveDelay: 600, clusterSyncInterval: 10 },
    });
    expect(warnings).toEqual([]);
  });

  it('takes peers from one place', () => {
    expect(messageOf({ argv: ['-peers=a:1', '-peers-file=/f'] })).toContain('two ways to say the same');
    expect(messageOf({ argv: ['-peers=a'] })).toContain('HOST:PORT');
  });
});

const ignored = allOptions.filter(({ option }) => option.status === 'ignored');
const unavailable = allOptions.filter(({ option }) => option.status === 'unavailable');
const namesOf = (rows: typeof allOptions): string[] =>
  rows.flatMap(({ name, option }) => [name, ...(option.spellings ?? []).map((spelling) => spelling.name)]);

describe('options that are accepted without effect', () => {
  it('include those of the older etcds', () => {
    expect(namesOf(ignored)).toEqual(
      expect.arrayContaining(
        (
          'm r f force snapshot max-result-buffer max-retry-attempts retry-interval peer-heartbeat-interval peer-heartbeat-timeout w trace ' +
          'peer-election-timeout http-write-timeout graphite-host cpuprofile wal-dir max-snapshots max-wals enable-pprof ' +
          'log-package-levels proxy-write-timeout proxy-read-timeout'
        ).split(' '),
      ),
    );
  });

  it.each(namesOf(ignored))('-%s', (name) => {
    const { configuration, warnings } = run({ argv: [`-${name}=1`] });
    expect(warnings).toEqual([expect.stringMatching(`^--${name} is accepted and has no effect: `)]);
    expect(configuration).toEqual(run({}).configuration);
  });

  it('take no value from the next argument if they are switches', () => {
    expect(run({ argv: ['-f', '-snapshot', '-name', 'x'] }).configuration.name).toBe('x');
  });

  it('have variables', () => {
    const env = {
      ETCD_MAX_RESULT_BUFFER: '1024',
      ETCD_TRACE: '*',
      ETCD_SNAPSHOT: 'true',
    };
    expect(run({ env }).warnings).toHaveLength(3);
  });
});

describe('options that are refused', () => {
  it('include those of the older etcds', () => {
    expect(namesOf(unavailable)).toEqual(expect.arrayContaining('discovery-proxy config'.split(' ')));
  });

  it.each(namesOf(unavailable))('-%s', (name) => {
    expect(messageOf({ argv: [`-${name}=1`] })).toMatch(new RegExp(`^--${name} is not available: .+; .+`));
  });

  it.each(unavailable.map(({ name }) => name))('%s is accepted when it asks for nothing', (name) => {
    expect(run({ argv: [`--${name}=`] })).toEqual(run({}));
  });

  it.each([['--unsafe-no-fsync=F']])('%s asks for nothing', (flag) => {
    expect(run({ argv: [flag] })).toEqual(run({}));
  });

  it('can be overridden like any other', () => {
    expect(run({ argv: ['--unsafe-no-fsync=false'], env: { ETCD_UNSAFE_NO_FSYNC: 'true' } }).warnings).toEqual([]);
  });
});
