import type { ActiveName } from '../../src/config/options';
import type { Configuration } from '../../src/config/configuration';

/** A value for an option that differs from its default: as written on a command line, in YAML, and parsed. */
export interface Sample {
  readonly text: string;
  readonly yaml?: string;
  readonly property: keyof Configuration;
  readonly value: unknown;
  /** What is said of it in any case. */
  readonly warns?: RegExp;
  /** What has to be given with it to be valid. */
  readonly beside?: Readonly<Partial<Record<ActiveName, string>>>;
}

const url = (host: string, port: number): unknown => ({ scheme: 'http', host, port });

const secureUrl = 'https://10.0.1.10:2379';
const secureClients = { 'listen-client-urls': secureUrl, 'advertise-client-urls': secureUrl } as const;
const securePeers = {
  'listen-peer-urls': 'https://10.0.1.10:2380',
  'initial-advertise-peer-urls': 'https://10.0.1.10:2380',
} as const;
const clientKey = { 'key-file': '/k.pem', ...secureClients } as const;
const peerKey = { 'peer-key-file': '/k.pem', ...securePeers } as const;
const clientCa = { 'trusted-ca-file': '/ca.pem' } as const;
const clientAuth = { ...clientCa, ...clientKey, 'cert-file': '/c.pem', 'client-cert-auth': 'true' } as const;
const peerCa = { 'peer-trusted-ca-file': '/ca.pem' } as const;
const peerAuth = { ...peerCa, ...peerKey, 'peer-cert-file': '/c.pem', 'peer-client-cert-auth': 'true' } as const;

/** One for each active option: a new row in the table does not compile without one here. */
export const samples: Readonly<Record<ActiveName, Sample>> = {
  name: { text: 'infra0', property: 'name', value: 'infra0' },
  'data-dir': { text: '/var/lib/cairn', property: 'dataDir', value: '/var/lib/cairn' },
  'listen-client-urls': {
    text: 'http://10.0.1.10:2379,http://[::1]:4001',
    yaml: '["http://10.0.1.10:2379", "http://[::1]:4001"]',
    property: 'listenClientUrls',
    value: [url('10.0.1.10', 2379), url('::1', 4001)],
    beside: { 'advertise-client-urls': 'http://10.0.1.10:2379' },
  },
  'advertise-client-urls': {
    text: 'http://etcd.example.com:2379',
    property: 'advertiseClientUrls',
    value: [url('etcd.example.com', 2379)],
  },
  'snapshot-count': { text: '5', property: 'snapshotCount', value: 5 },
  'quota-bytes': { text: '1000000000', property: 'quotaBytes', value: 1_000_000_000 },
  'history-length': { text: '50', property: 'historyLength', value: 50 },
  'listen-peer-urls': {
    text: 'http://10.0.1.10:0',
    property: 'listenPeerUrls',
    value: [url('10.0.1.10', 0)],
    beside: { 'initial-advertise-peer-urls': 'http://10.0.1.10:2380' },
  },
  'initial-advertise-peer-urls': {
    text: 'http://10.0.1.10:2380',
    property: 'initialAdvertisePeerUrls',
    value: [url('10.0.1.10', 2380)],
  },
  'initial-cluster': {
    text: 'default=http://localhost:2380,default=http://localhost:7001,b=http://b:1',
    yaml: '\n  - default=http://localhost:2380\n  - default=http://localhost:7001\n  - b=http://b:1',
    property: 'initialCluster',
    value: new Map([
      ['default', [url('localhost', 2380), url('localhost', 7001)]],
      ['b', [url('b', 1)]],
    ]),
  },
  'initial-cluster-state': { text: 'existing', property: 'initialClusterState', value: 'existing' },
  'initial-cluster-token': { text: 'blue', property: 'initialClusterToken', value: 'blue' },
  'cluster-active-size': { text: '5', property: 'clusterActiveSize', value: 5 },
  'cluster-remove-delay': { text: '600', property: 'clusterRemoveDelay', value: 600 },
  'cluster-sync-interval': { text: '10', property: 'clusterSyncInterval', value: 10 },
  peers: {
    text: '10.0.1.11:7001,[::1]:7001,http://b:7001',
    yaml: '["10.0.1.11:7001", "[::1]:7001", "http://b:7001"]',
    property: 'peers',
    value: ['10.0.1.11:7001', '[::1]:7001', 'http://b:7001'],
  },
  'peers-file': { text: '/etc/cairn/peers', property: 'peersFile', value: '/etc/cairn/peers' },
  'heartbeat-interval': { text: '200', property: 'heartbeatIntervalMs', value: 200 },
  'election-timeout': { text: '50000', property: 'electionTimeoutMs', value: 50_000 },
  'strict-reconfig-check': { text: 'false', property: 'strictReconfigCheck', value: false },
  'auto-rejoin': { text: 'false', property: 'autoRejoin', value: false },
  'force-new-cluster': { text: 'true', property: 'forceNewCluster', value: true },
  'max-uncommitted-bytes': { text: '1048576', property: 'maxUncommittedBytes', value: 1_048_576 },
  'discovery-prefix': {
    text: 'https://discovery.example.com',
    property: 'discoveryPrefix',
    value: 'https://discovery.example.com',
  },
  'discovery-token-ttl': { text: '3600', property: 'discoveryTokenTtl', value: 3600 },
  'discovery-tokens': {
    text: '0123456789abcdef0123456789abcdef=3',
    yaml: '["0123456789abcdef0123456789abcdef=3"]',
    property: 'discoveryTokens',
    value: ['0123456789abcdef0123456789abcdef=3'],
  },
  'discovery-cluster-file': {
    text: '/run/cairn/cluster.yaml=3',
    property: 'discoveryClusterFile',
    value: '/run/cairn/cluster.yaml=3',
  },
  proxy: { text: 'readonly', property: 'proxy', value: 'readonly', beside: { 'initial-cluster': 'a=http://a:2380' } },
  'proxy-failure-wait': { text: '7000', property: 'proxyFailureWaitMs', value: 7000 },
  'proxy-refresh-interval': { text: '1000', property: 'proxyRefreshIntervalMs', value: 1000 },
  'proxy-dial-timeout': { text: '250', property: 'proxyDialTimeoutMs', value: 250 },
  discovery: {
    text: 'https://discovery.example.com/dcadc5d4d42328488ecdcd7afae5f57c',
    property: 'discovery',
    value: 'https://discovery.example.com/dcadc5d4d42328488ecdcd7afae5f57c',
  },
  'discovery-protocol': { text: '0.4', yaml: '"0.4"', property: 'discoveryProtocol', value: '0.4' },
  'discovery-fallback': { text: 'exit', property: 'discoveryFallback', value: 'exit' },
  'discovery-cacert': { text: '/etc/cairn/ca.pem', property: 'discoveryCacert', value: '/etc/cairn/ca.pem' },
  'discovery-cert': {
    text: '/etc/cairn/own.pem',
    property: 'discoveryCert',
    value: '/etc/cairn/own.pem',
    beside: { 'discovery-key': '/etc/cairn/own.key' },
  },
  'discovery-key': {
    text: '/etc/cairn/own.key',
    property: 'discoveryKey',
    value: '/etc/cairn/own.key',
    beside: { 'discovery-cert': '/etc/cairn/own.pem' },
  },
  'discovery-srv': { text: 'example.com', property: 'discoverySrv', value: 'example.com' },
  'discovery-srv-name': { text: 'blue', property: 'discoverySrvName', value: 'blue' },
  'join-urls': {
    text: 'http://cairn-0.cairn:2380,http://[::1]:7001',
    yaml: '["http://cairn-0.cairn:2380", "http://[::1]:7001"]',
    property: 'joinUrls',
    value: ['http://cairn-0.cairn:2380', 'http://[::1]:7001'],
  },
  'max-request-bytes': { text: '1572864', property: 'maxRequestBytes', value: 1_572_864 },
  'max-header-bytes': { text: '16384', property: 'maxHeaderBytes', value: 16_384 },
  'request-header-timeout': { text: '2000', property: 'requestHeaderTimeoutMs', value: 2000 },
  'request-receive-timeout': { text: '300000', property: 'requestReceiveTimeoutMs', value: 300_000 },
  cors: {
    text: 'https://a.example.com, http://b.example.com:8080',
    yaml: '["https://a.example.com", "http://b.example.com:8080"]',
    property: 'cors',
    value: ['https://a.example.com', 'http://b.example.com:8080'],
  },
  'operator-routes': {
    text: 'peer',
    property: 'operatorRoutes',
    value: 'peer',
  },
  'cross-site-writes': { text: 'true', property: 'crossSiteWrites', value: true },
  dashboard: { text: 'false', property: 'dashboard', value: false },
  'host-whitelist': {
    text: 'etcd.example.com,10.0.1.10',
    yaml: '["etcd.example.com", "10.0.1.10"]',
    property: 'hostWhitelist',
    value: ['etcd.example.com', '10.0.1.10'],
  },
  'cert-file': { text: '/etc/cairn/tls.crt', property: 'certFile', value: '/etc/cairn/tls.crt', beside: clientKey },
  'key-file': {
    text: '/k.pem',
    property: 'keyFile',
    value: '/k.pem',
    beside: { 'cert-file': '/c.pem', ...secureClients },
  },
  'trusted-ca-file': { text: '/ca.pem', property: 'trustedCaFile', value: '/ca.pem' },
  'client-cert-auth': {
    text: 'true',
    property: 'clientCertAuth',
    value: true,
    beside: { ...clientKey, ...clientCa, 'cert-file': '/c.pem' },
  },
  'client-crl-file': { text: '/crl.pem', property: 'clientCrlFile', value: '/crl.pem', beside: clientAuth },
  'client-cert-allowed-hostname': {
    text: 'a.example.com,b.example.com',
    property: 'clientCertAllowedHostname',
    value: ['a.example.com', 'b.example.com'],
    beside: clientAuth,
  },
  'auto-tls': { text: 'true', property: 'autoTls', value: true, warns: /has no effect on a port/ },
  'peer-cert-file': { text: '/c.pem', property: 'peerCertFile', value: '/c.pem', beside: peerKey },
  'peer-key-file': {
    text: '/k.pem',
    property: 'peerKeyFile',
    value: '/k.pem',
    beside: { 'peer-cert-file': '/c.pem', ...securePeers },
  },
  'peer-trusted-ca-file': { text: '/ca.pem', property: 'peerTrustedCaFile', value: '/ca.pem' },
  'peer-client-cert-auth': {
    text: 'true',
    property: 'peerClientCertAuth',
    value: true,
    beside: { ...peerKey, ...peerCa, 'peer-cert-file': '/c.pem' },
  },
  'peer-crl-file': { text: '/crl.pem', property: 'peerCrlFile', value: '/crl.pem', beside: peerAuth },
  'peer-cert-allowed-cn': { text: 'cairn', property: 'peerCertAllowedCn', value: ['cairn'], beside: peerAuth },
  'peer-cert-allowed-hostname': {
    text: 'cairn.example.com',
    property: 'peerCertAllowedHostname',
    value: ['cairn.example.com'],
    beside: peerAuth,
  },
  'peer-auto-tls': { text: 'true', property: 'peerAutoTls', value: true, warns: /has no effect on a port/ },
  'self-signed-cert-validity': { text: '10', property: 'selfSignedCertValidity', value: 10 },
  'tls-min-version': { text: 'TLS1.3', property: 'tlsMinVersion', value: 'TLS1.3' },
  'tls-max-version': { text: 'TLS1.2', property: 'tlsMaxVersion', value: 'TLS1.2' },
  'cipher-suites': {
    text: 'TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256',
    property: 'cipherSuites',
    value: ['TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256'],
  },
  metrics: { text: 'basic', property: 'metrics', value: 'basic' },
  'listen-metrics-urls': {
    text: 'http://10.0.1.10:2381',
    yaml: '["http://10.0.1.10:2381"]',
    property: 'listenMetricsUrls',
    value: [url('10.0.1.10', 2381)],
  },
  'metrics-legacy-names': { text: 'true', property: 'metricsLegacyNames', value: true },
  'log-level': { text: 'warn', property: 'logLevel', value: 'warn' },
  'audit-log': { text: '/var/log/cairn/audit.json', property: 'auditLog', value: '/var/log/cairn/audit.json' },
  'log-format': { text: 'json', property: 'logFormat', value: 'json' },
};
