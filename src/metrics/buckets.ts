/** Bucket bounds in seconds, as etcd has them: a dashboard's heat map or quantile then means the same. */
import { doubling } from './histogram';

/** Log syncs, batch writes. */
export const DISK = doubling(0.001, 14);
export const BACKEND_SNAPSHOT = doubling(0.01, 17);
export const STATE_TRANSFER = doubling(0.1, 10);
export const ROUND_TRIP = doubling(0.0001, 16);
export const HTTP = doubling(0.0005, 13);
/** What the gRPC middleware of etcd uses: the defaults of Prometheus's client library for Go. */
export const GRPC = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10] as const;
/** Cairn's own. */
export const APPLY = doubling(0.0001, 16);
export const EVENT_LOOP = doubling(0.001, 14);

/** Requests are counted once, in all buckets that any name shows them with. */
export const KEY_REQUEST = [...new Set([...HTTP, ...DISK, ...GRPC])].sort((one, other) => one - other);
