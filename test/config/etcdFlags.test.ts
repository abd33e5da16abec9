/** Every flag of the real etcd, with the value its own help shows: start scripts of etcd go on working. */
import { spawnSync } from 'node:child_process';
import { findFlag } from '../../src/config/options';
import { configurationOf, load } from './support';

/** Flags as etcd 3.4 prints them, for machines without it. */
const KNOWN = [
  'name data-dir wal-dir snapshot-count heartbeat-interval election-timeout initial-election-tick-advance',
  'listen-peer-urls listen-client-urls max-snapshots max-wals quota-backend-bytes backend-batch-interval',
  'backend-batch-limit max-txn-ops max-request-bytes max-concurrent-streams grpc-keepalive-min-time',
  'grpc-keepalive-interval grpc-keepalive-timeout initial-advertise-peer-urls initial-cluster initial-cluster-state',
  'initial-cluster-token advertise-client-urls discovery discovery-fallback discovery-proxy discovery-srv',
  'discovery-srv-name strict-reconfig-check pre-vote auto-compaction-retention auto-compaction-mode enable-v2',
  'cert-file key-file client-cert-auth client-crl-file client-cert-allowed-hostname trusted-ca-file auto-tls',
  'peer-cert-file peer-key-file peer-client-cert-auth peer-trusted-ca-file peer-cert-allowed-cn',
  'peer-cert-allowed-hostname peer-auto-tls peer-crl-file cipher-suites cors host-whitelist auth-token bcrypt-cost',
  'auth-token-ttl enable-pprof metrics listen-metrics-urls logger log-outputs log-level proxy proxy-failure-wait',
  'proxy-refresh-interval proxy-dial-timeout proxy-write-timeout proxy-read-timeout experimental-initial-corrupt-check',
  'experimental-corrupt-check-time experimental-enable-v2v3 experimental-backend-bbolt-freelist-type',
  'experimental-enable-lease-checkpoint experimental-compaction-batch-limit',
  'experimental-peer-skip-client-san-verification experimental-watch-progress-notify-interval',
  'experimental-warning-apply-duration force-new-cluster debug log-package-levels',
]
  .join(' ')
  .split(' ');

/** These say together where the member is. */
const TOGETHER = ['listen-client-urls', 'initial-cluster', 'listen-peer-urls', 'initial-advertise-peer-urls'];

test.each(KNOWN)('--%s is a name that Cairn knows', (flag) => {
  expect(findFlag(flag)).toBeDefined();
});

const help = spawnSync('etcd', ['--help'], { encoding: 'utf8' });
const printed = [...`${help.stdout ?? ''}${help.stderr ?? ''}`.matchAll(/^\s+--([a-z0-9-]+)\s+'?([^'\n]*?)'?$/gm)].map(
  ([, name = '', value = '']) => ({ name, value }),
);
const ifEtcd = printed.length > 0 ? describe : describe.skip;

ifEtcd('the etcd that is installed', () => {
  it('prints flags that are all known here', () => {
    expect(printed.map(({ name }) => name).filter((name) => findFlag(name) === undefined)).toEqual([]);
  });

  it.each(printed.filter(({ name }) => !TOGETHER.includes(name)))('--$name=$value is taken', ({ name, value }) => {
    // It does not print a default as it is written for this one.
    const text = value.replace('${name}', 'default');
    expect(load({ argv: [`--${name}=${text}`] })).toMatchObject({ kind: 'run' });
  });
});

describe('spellings that etcd takes', () => {
  it.each(['debug', 'info', 'warn', 'error', 'dpanic', 'panic', 'fatal'])(
    '--log-level %s, also in capitals',
    (level) => {
      expect(configurationOf({ argv: ['--log-level', level] }).logLevel).toBe(level);
      expect(configurationOf({ argv: ['--log-level', level.toUpperCase()] }).logLevel).toBe(level);
    },
  );

  const MEMBER = ['--name=a', '--initial-advertise-peer-urls=http://a:1', '--listen-peer-urls=http://127.0.0.1:1'];

  it.each(['a=http://a:1,b=http://b:1,', ',a=http://a:1,,b=http://b:1', ' a=http://a:1 , b=http://b:1 , '])(
    '--initial-cluster %j has two members',
    (list) => {
      expect([...configurationOf({ argv: [...MEMBER, `--initial-cluster=${list}`] }).initialCluster.keys()]).toEqual([
        'a',
        'b',
      ]);
    },
  );

  it('a last comma in every other list', () => {
    const configuration = configurationOf({
      argv: [
        '--listen-client-urls=http://127.0.0.1:1,',
        '--advertise-client-urls=http://a:1,,http://b:1',
        '--listen-peer-urls=http://127.0.0.1:2,',
        '--initial-advertise-peer-urls=http://a:2,',
        '--listen-metrics-urls=http://127.0.0.1:3,',
        '--cors=http://a,',
        '--join-urls=http://b:2,https://b:3,',
      ],
    });
    expect(configuration.listenClientUrls).toHaveLength(1);
    expect(configuration.advertiseClientUrls).toHaveLength(2);
    expect(configuration.initialAdvertisePeerUrls).toHaveLength(1);
    expect([...configuration.initialCluster.keys()]).toEqual(['default']);
    expect(configuration.listenMetricsUrls).toHaveLength(1);
    expect(configuration.cors).toEqual(['http://a']);
    expect(configuration.joinUrls).toEqual(['http://b:2', 'https://b:3']);
  });

  it.each([',', ' , '])('a list of nothing but commas is no list: %j', (list) => {
    expect(load({ argv: [`--listen-peer-urls=${list}`] })).toMatchObject({ kind: 'error' });
    expect(load({ argv: [`--initial-cluster=${list}`] })).toMatchObject({ kind: 'error' });
  });

  it('a proxy says nothing of where clients find it', () => {
    const argv = [
      '--proxy=on',
      '--listen-client-urls=http://127.0.0.1:8080',
      '--initial-cluster=a=http://10.0.0.1:2380',
    ];
    expect(load({ argv })).toMatchObject({ kind: 'run', configuration: { proxy: 'on' } });
    expect(load({ argv: argv.slice(1, 2) })).toMatchObject({ kind: 'error' });
  });
});
