import type { IgnoredOption } from './types';

const storage = 'Cairn keeps everything in one RocksDB database under --data-dir';
const buffers = 'there is nothing of the kind to set';
const proxy =
  'a proxy waits 5 s for a read, 10 s for a linearizable one, 60 s for a write, and for watches and locks as long as they take';
const checked = 'members always compare their states, and what is read from the disk is always verified';
const v3 = 'Cairn serves the v2 API only';
const names = 'names are compared with what stands in the certificate, and no address is looked up for one';
const timing = 'the times of etcd 0.4 do not suit; use --heartbeat-interval and --election-timeout';
const logs = 'logs go to the standard error; use --log-level and --log-format';
const metrics = 'Prometheus fetches metrics from /metrics; nothing is sent anywhere';

const value = { status: 'ignored', shape: 'value' } as const;
const flag = { status: 'ignored', shape: 'switch' } as const;

/** Accepted with a warning, as etcd 2.3 does with the flags of 0.4: start scripts of other etcds go on working. */
export const ignoredOptions = {
  'wal-dir': { ...value, because: storage },
  'max-snapshots': { ...value, because: storage },
  'max-wals': { ...value, because: storage },
  snapshot: { ...flag, because: 'the log is always compacted; use --snapshot-count' },
  'auto-compaction-mode': { ...value, because: v3 },
  'auto-compaction-retention': { ...value, because: v3 },
  'enable-v2': { ...flag, because: 'the v2 API is always on' },
  'experimental-v3demo': { ...flag, because: v3 },
  'max-txn-ops': { ...value, because: v3 },
  'max-concurrent-streams': { ...value, because: v3 },
  'grpc-keepalive-min-time': { ...value, because: v3 },
  'grpc-keepalive-interval': { ...value, because: v3 },
  'grpc-keepalive-timeout': { ...value, because: v3 },
  'backend-batch-interval': { ...value, because: storage },
  'backend-batch-limit': { ...value, because: storage },
  'backend-bbolt-freelist-type': { ...value, because: storage },
  'enable-grpc-gateway': { ...flag, because: v3 },
  'bcrypt-cost': { ...value, because: v3 },
  'auth-token-ttl': { ...value, because: v3 },
  'socket-reuse-port': { ...flag, because: buffers },
  'socket-reuse-address': { ...flag, because: buffers },
  'experimental-initial-corrupt-check': { ...flag, because: checked },
  'experimental-corrupt-check-time': { ...value, because: checked },
  'experimental-compact-hash-check-enabled': { ...flag, because: checked },
  'experimental-compact-hash-check-time': { ...value, because: checked },
  'experimental-enable-v2v3': { ...value, because: 'the v2 API has a store of its own' },
  'experimental-backend-bbolt-freelist-type': { ...value, because: storage },
  'experimental-enable-lease-checkpoint': { ...flag, because: v3 },
  'experimental-enable-lease-checkpoint-persist': { ...flag, because: v3 },
  'experimental-compaction-batch-limit': { ...value, because: v3 },
  'experimental-compaction-sleep-interval': { ...value, because: v3 },
  'experimental-peer-skip-client-san-verification': { ...flag, because: names },
  'experimental-watch-progress-notify-interval': { ...value, because: v3 },
  'experimental-warning-apply-duration': { ...value, because: buffers },
  'experimental-warning-unary-request-duration': { ...value, because: v3 },
  'experimental-txn-mode-write-with-shared-buffer': { ...flag, because: v3 },
  'experimental-bootstrap-defrag-threshold-megabytes': { ...value, because: storage },
  'experimental-snapshot-catchup-entries': { ...value, because: 'the log that is kept is set by --snapshot-count' },
  'experimental-memory-mlock': { ...flag, because: storage },
  'experimental-max-learners': { ...value, because: 'learners become voters by themselves' },
  'auth-token': { ...value, because: v3 },
  'pre-vote': { ...flag, because: 'elections always begin with it' },
  'initial-election-tick-advance': { ...flag, because: buffers },
  force: {
    ...flag,
    because: 'no data is ever removed at start; remove the data directory by hand if that is meant',
    spellings: [{ name: 'f', era: '0.1', shape: 'switch', convert: 'same' }],
  },
  'peer-heartbeat-interval': {
    ...value,
    because: timing,
    spellings: [{ name: 'peer-heartbeat-timeout', era: '0.4', shape: 'value', convert: 'same' }],
  },
  'peer-election-timeout': { ...value, because: timing },
  'max-result-buffer': {
    ...value,
    because: buffers,
    spellings: [{ name: 'm', era: '0.1', shape: 'value', convert: 'same' }],
  },
  'max-retry-attempts': {
    ...value,
    because: buffers,
    spellings: [{ name: 'r', era: '0.1', shape: 'value', convert: 'same' }],
  },
  'retry-interval': { ...value, because: buffers },
  'http-write-timeout': { ...value, because: 'it would cut off watches' },
  'proxy-write-timeout': { ...value, because: proxy },
  'proxy-read-timeout': { ...value, because: proxy },
  'log-package-levels': { ...value, because: logs },
  logger: { ...value, because: logs },
  'log-outputs': { ...value, because: logs },
  'enable-log-rotation': { ...flag, because: logs },
  'log-rotation-config-json': { ...value, because: logs },
  'graphite-host': { ...value, because: metrics },
  trace: { ...value, because: 'traces are taken with the tools of Node.js' },
  'enable-pprof': { ...flag, because: 'profiles are taken with the tools of Node.js' },
  cpuprofile: { ...value, because: 'profiles are taken with the tools of Node.js' },
  w: { ...value, because: 'there is no web page on an address of its own' },
} as const satisfies Record<string, IgnoredOption>;
