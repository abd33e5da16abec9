/** Storage, under etcd's names. */
import { BACKEND_SNAPSHOT, DISK, STATE_TRANSFER } from '../buckets';
import type { Readings } from '../readings';
import { counter, gauge, histogram, labelled, renamed, type Row } from '../row';

const STORE = "the member's store";
const ADOPTION = ['The synced write that changes over to a state received from the leader', STORE] as const;

function totalBytes({ disk }: Readings): number {
  return disk?.usedBytes ?? NaN;
}

/** An estimate of two programs may differ by more than what it estimates; more than everything is in use never. */
function bytesInUse(readings: Readings): number {
  const { engine } = readings;
  if (engine === undefined) return NaN;
  return Math.min(totalBytes(readings), engine.liveBytes + engine.memtableBytes);
}

function writesOf({ store }: Readings): number {
  return store.setsSuccess + store.createSuccess + store.updateSuccess;
}

const totalSize = gauge(
  'etcd_mvcc_db_total_size_in_bytes',
  ['Size of all files of the data directory', 'the file system'],
  totalBytes,
);

export const diskRows: readonly Row[] = [
  histogram(
    'etcd_disk_wal_fsync_duration_seconds',
    ['How long a batch with log entries or hard state took to be on disk', STORE],
    DISK,
    ({ recorded }) => recorded.logSync,
  ),
  histogram(
    'etcd_disk_backend_commit_duration_seconds',
    ['How long a batch with rows of the key space took to be written, synced if it has log entries too', STORE],
    DISK,
    ({ recorded }) => recorded.rowWrite,
  ),
  histogram(
    'etcd_disk_backend_snapshot_duration_seconds',
    ['How long it took to read and send the whole state to a follower', 'the sender of states'],
    BACKEND_SNAPSHOT,
    ({ recorded }) => recorded.stateExport,
  ),
  histogram('etcd_snap_fsync_duration_seconds', ADOPTION, DISK, ({ recorded }) => recorded.stateAdoption),
  histogram('etcd_snap_db_fsync_duration_seconds', ADOPTION, DISK, ({ recorded }) => recorded.stateAdoption),
  histogram(
    'etcd_snap_db_save_total_duration_seconds',
    ['How long it took to receive, store and take over a state of the leader', 'the receiver of states'],
    STATE_TRANSFER,
    ({ recorded }) => recorded.stateImport,
  ),
  totalSize,
  renamed(totalSize, 'etcd_debugging_mvcc_db_total_size_in_bytes'),
  gauge(
    'etcd_mvcc_db_total_size_in_use_in_bytes',
    ['What of the data directory is live data, estimated by the engine', 'RocksDB'],
    bytesInUse,
  ),
  counter('etcd_mvcc_put_total', ['Sets, creations and updates that were carried out', '/v2/stats/store'], writesOf),
  counter(
    'etcd_mvcc_range_total',
    ['Reads of this member, successful or not', '/v2/stats/store'],
    ({ store }) => store.getsSuccess + store.getsFail,
  ),
  counter(
    'etcd_mvcc_delete_total',
    ['Deletions that were carried out', '/v2/stats/store'],
    ({ store }) => store.deleteSuccess,
  ),
  counter(
    'etcd_mvcc_txn_total',
    ['Compare-and-swaps and compare-and-deletes that were carried out', '/v2/stats/store'],
    ({ store }) => store.compareAndSwapSuccess + store.compareAndDeleteSuccess,
  ),
  gauge(
    'etcd_debugging_mvcc_keys_total',
    ['Keys and directories, without the root', 'the key space'],
    ({ report }) => report.nodes,
  ),
  gauge('etcd_debugging_mvcc_watcher_total', ['Watches that wait', '/v2/stats/store'], ({ store }) => store.watchers),
  labelled(
    'gauge',
    'etcd_debugging_mvcc_watch_stream_total',
    [],
    ['Connections that carry a watch', 'the key routes'],
    ({ recorded }) => [[[], recorded.watchesOpen]],
  ),
];
