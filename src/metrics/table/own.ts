/** What etcd has no name for. These follow the conventions of Prometheus, and promtool has nothing to say about them. */
import type { EngineStatistics } from '../../storage/engineStatistics';
import { APPLY, EVENT_LOOP, HTTP, ROUND_TRIP } from '../buckets';
import type { Readings } from '../readings';
import { counter, gauge, histogram, labelled, labelledHistogram, type Row } from '../row';
import { fileRows } from './files';

const STATUS = 'the status of the member';
const ROUTES = 'the key routes';
const CLIENTS = 'the client listeners';
const LINKS = 'the links to the other members';
const ENGINE = 'RocksDB';
const TO = ['To'] as const;

/** A name, or an empty list once the store has been closed. */
function engine(name: string, help: string, value: (engine: EngineStatistics) => number): Row {
  return labelled('gauge', name, [], [help, ENGINE], (readings) =>
    readings.engine === undefined ? [] : [[[], value(readings.engine)]],
  );
}

function lag({ id, raft }: Readings): readonly (readonly [readonly string[], number])[] {
  const others = raft.progress.filter((follower) => follower.id !== id);
  return others.map((follower) => [[follower.id], Math.max(0, raft.lastIndex - follower.matchIndex)]);
}

export const ownRows: readonly Row[] = [
  labelled(
    'gauge',
    'etcd_cairn_build_info',
    ['version', 'node_version'],
    ['Version of Cairn and of Node.js, as labels', 'the program'],
    ({ programVersion }) => [[[programVersion, process.version], 1]],
  ),
  gauge('etcd_ready', ['Whether this member may be sent traffic, 1 or 0', '/readyz'], ({ ready }) => (ready ? 1 : 0)),
  gauge(
    'etcd_feature_level',
    ['The feature level in force: members whose program reads less no longer start', STATUS],
    ({ report }) => report.featureLevel,
  ),
  gauge(
    'etcd_feature_level_known',
    ['The feature level up to which this member reads; the lowest of all members comes into force', STATUS],
    ({ report }) => report.featureLevelKnown,
  ),
  gauge('etcd_raft_term', ['The term of this member', STATUS], ({ raft }) => raft.term),
  gauge(
    'etcd_raft_log_entries',
    ['Entries of the log that are kept for members that were away', STATUS],
    ({ raft }) => raft.lastIndex - raft.firstIndex + 1,
  ),
  labelled(
    'gauge',
    'etcd_raft_follower_lag_entries',
    TO,
    ['Entries that a member is not yet known to have; only on the leader', STATUS],
    lag,
  ),
  counter(
    'etcd_state_mismatches_total',
    ['Comparisons of the states of all members that found a difference', STATUS],
    ({ stateMismatches }) => stateMismatches,
  ),
  histogram(
    'etcd_apply_duration_seconds',
    ['How long the committed entries of one turn took to apply, watchers included', 'the loop'],
    APPLY,
    ({ recorded }) => recorded.apply,
  ),
  histogram(
    'etcd_eventloop_lag_seconds',
    ['How late a timer is called that is due ten times a second', 'a timer'],
    EVENT_LOOP,
    ({ recorded }) => recorded.eventLoop,
  ),
  labelledHistogram(
    'etcd_http_request_duration_seconds',
    ['method', 'kind'],
    ['How long requests on the key routes took, failed ones too, watches not counted', ROUTES],
    HTTP,
    ({ recorded }) =>
      recorded.keyRequests
        .all()
        .filter(({ kind }) => kind !== 'watch')
        .map(({ method, kind, successes, failures }) => ({ labels: [method, kind], parts: [successes, failures] })),
  ),
  gauge(
    'etcd_watch_streams',
    ['Connections that carry a watch which goes on after its first event', ROUTES],
    ({ recorded }) => recorded.streamsOpen,
  ),
  counter(
    'etcd_watch_events_sent_total',
    ['Events that were handed to watching connections', ROUTES],
    ({ recorded }) => recorded.watchEventsSent,
  ),
  gauge(
    'etcd_client_connections',
    ['Connections of clients that are served', CLIENTS],
    ({ clients }) => clients.served,
  ),
  gauge(
    'etcd_client_connections_limit',
    ['How many connections of clients can be served at once, from the limit on open files', CLIENTS],
    ({ clients }) => clients.limit,
  ),
  gauge(
    'etcd_client_connections_waiting',
    ['Connections of clients that wait until another one ends', CLIENTS],
    ({ clients }) => clients.waiting,
  ),
  counter(
    'etcd_client_connections_refused_total',
    ['Connections of clients that were answered with 503, because too many wait already', CLIENTS],
    ({ clients }) => clients.refused,
  ),
  gauge(
    'etcd_store_bytes',
    ['What the store costs in memory, nearly: what --quota-bytes is compared with', 'the key space'],
    ({ quota }) => quota.usedBytes,
  ),
  gauge(
    'etcd_store_full',
    ['Whether the store is full and refuses what makes it larger (alarm NOSPACE), 1 or 0', STATUS],
    ({ quota }) => (quota.alarm ? 1 : 0),
  ),
  gauge('etcd_store_keys', ['Keys and directories, without the root', 'the key space'], ({ report }) => report.nodes),
  gauge('etcd_ttl_keys', ['Keys and directories with a TTL', 'the key space'], ({ report }) => report.nodesWithTtl),
  counter(
    'etcd_network_append_requests_sent_total',
    ['Append messages to all members', '/v2/stats/self'],
    ({ traffic }) => traffic.sendAppendRequestCnt,
  ),
  counter(
    'etcd_network_append_requests_received_total',
    ['Append messages from all members', '/v2/stats/self'],
    ({ traffic }) => traffic.recvAppendRequestCnt,
  ),
  labelled(
    'counter',
    'etcd_network_appends_acknowledged_total',
    TO,
    ['Append messages with entries that a member acknowledged', '/v2/stats/leader'],
    ({ followers }) => followers.map(({ id, successCount }) => [[id], successCount]),
  ),
  labelled(
    'counter',
    'etcd_network_appends_failed_total',
    TO,
    ['Append messages with entries that were lost on the way to a member', '/v2/stats/leader'],
    ({ followers }) => followers.map(({ id, failCount }) => [[id], failCount]),
  ),
  labelledHistogram(
    'etcd_network_append_duration_seconds',
    TO,
    ['How long a member took to receive, store and acknowledge entries', LINKS],
    ROUND_TRIP,
    ({ recorded }) => recorded.appends.entries().map(([id, part]) => ({ labels: [id], parts: [part] })),
  ),
  labelled(
    'gauge',
    'etcd_network_peer_clock_difference_seconds',
    TO,
    ['How far the clock of a member is ahead of this one', 'the probes of the links'],
    ({ peers }) =>
      peers.flatMap(({ id, clockDifferenceMs }) =>
        clockDifferenceMs === undefined ? [] : [[[id], clockDifferenceMs / 1000] as const],
      ),
  ),
  labelled(
    'gauge',
    'etcd_network_peer_queue_bytes',
    TO,
    ['Bytes that wait to be sent to a member', LINKS],
    ({ peers }) => peers.map(({ id, queuedBytes }) => [[id], queuedBytes]),
  ),
  engine('etcd_rocksdb_table_bytes', 'Size of the table files in use', ({ tableBytes }) => tableBytes),
  engine(
    'etcd_rocksdb_live_data_bytes',
    'Estimated size of the tables without what was overwritten',
    (of) => of.liveBytes,
  ),
  engine('etcd_rocksdb_memtable_bytes', 'Size of all memtables', ({ memtableBytes }) => memtableBytes),
  engine('etcd_rocksdb_block_cache_bytes', 'Size of the block cache', ({ blockCacheBytes }) => blockCacheBytes),
  engine('etcd_rocksdb_level0_files', 'Table files of level 0', ({ level0Files }) => level0Files),
  engine(
    'etcd_rocksdb_pending_compaction_bytes',
    'Estimated bytes that compaction has to rewrite',
    ({ pendingCompactionBytes }) => pendingCompactionBytes,
  ),
  engine('etcd_rocksdb_running_compactions', 'Compactions under way', ({ runningCompactions }) => runningCompactions),
  engine('etcd_rocksdb_running_flushes', 'Flushes under way', ({ runningFlushes }) => runningFlushes),
  engine('etcd_rocksdb_writes_stopped', 'Whether writes wait for compaction, 1 or 0', ({ writesStopped }) =>
    writesStopped ? 1 : 0,
  ),
];

/** As prom-client names them; its own ways to count them list every file in the event loop. */
export const processRows: readonly Row[] = [
  ...fileRows,
  counter(
    'etcd_log_lines_dropped_total',
    ['Log lines that nobody will read, because standard error was not read quickly enough or is closed', 'the log'],
    ({ logLinesDropped }) => logLinesDropped,
  ),
  counter(
    'etcd_audit_lines_dropped_total',
    [
      'Lines of the audit log that nobody will read: the disk was full or slow, or standard output was',
      'the audit log',
    ],
    ({ auditLinesDropped }) => auditLinesDropped,
  ),
  gauge(
    'etcd_auth_enabled',
    ['Whether who asks has to have a right to it, 1 or 0', 'users and roles'],
    ({ authEnabled }) => (authEnabled ? 1 : 0),
  ),
  labelled(
    'counter',
    'etcd_auth_refused_requests_total',
    ['reason'],
    [
      'Requests that were not carried out because of auth: no right or a wrong password (denied), too many wrong passwords before ' +
        '(too_fast), too many passwords to be checked (busy), changes of users and roles of which a restarted member does not know yet ' +
        'whether they are in force (undecided)',
      'the guard of all routes',
    ],
    ({ recorded: { accessRefusals } }) => [
      [['denied'], accessRefusals.denied],
      [['too_fast'], accessRefusals.tooFast],
      [['busy'], accessRefusals.busy],
      [['undecided'], accessRefusals.undecided],
    ],
  ),
  gauge(
    'etcd_lock_waiting_clients',
    ['Clients that wait for a lock, or to lead, at this member', 'the lock and leader modules'],
    ({ locks }) => locks.waiting,
  ),
  counter(
    'etcd_lock_acquisitions_total',
    ['Clients that were told by this member that they have a lock, or lead', 'the lock and leader modules'],
    ({ locks }) => locks.acquired,
  ),
];
