/** The names in the source of etcd 2.3, for its alert rules. Shown with --metrics-legacy-names only. */
import { DISK, STATE_TRANSFER } from '../buckets';
import { gauge, histogram, labelledHistogram, renamed, type Row } from '../row';
import { diskRows } from './disk';
import { httpRows } from './http';
import { serverRows } from './server';
import { storeRows } from './store';

const rows = [...serverRows, ...diskRows, ...storeRows, ...httpRows];

function as(name: string, today: string): Row {
  const row = rows.find((candidate) => candidate.name === today);
  if (row === undefined) throw new Error(`no metric is called ${today}`);
  return renamed(row, name);
}

const WRITING = new Set(['PUT', 'POST', 'DELETE']);

export const legacyRows: readonly Row[] = [
  as('etcd_http_successful_duration_second', 'etcd_http_successful_duration_seconds'),
  as('etcd_server_proposal_failed_total', 'etcd_server_proposals_failed_total'),
  as('etcd_server_pending_proposal_total', 'etcd_server_proposals_pending'),
  labelledHistogram(
    'etcd_server_proposal_durations_seconds',
    [],
    ['How long a write took from the request to the answer', 'the key routes'],
    DISK,
    ({ recorded }) => {
      const writes = recorded.keyRequests.all().filter(({ method }) => WRITING.has(method));
      return [{ labels: [], parts: writes.map(({ successes }) => successes) }];
    },
  ),
  as('etcd_server_file_descriptors_used_total', 'os_fd_used'),
  as('etcd_wal_fsync_durations_seconds', 'etcd_disk_wal_fsync_duration_seconds'),
  gauge(
    'etcd_wal_last_index_saved',
    ['Index of the last log entry that is on disk', 'the status of the member'],
    ({ raft }) => raft.persisted,
  ),
  histogram(
    'etcd_snapshot_save_total_durations_seconds',
    ['How long it took to receive, store and take over a state of the leader', 'the receiver of states'],
    STATE_TRANSFER,
    ({ recorded }) => recorded.stateImport,
  ),
  ...storeRows.map(({ name }) => as(name.replace('etcd_debugging_store_', 'etcd_store_'), name)),
];
