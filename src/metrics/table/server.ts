/** The member and its part in the cluster, under etcd's names. Some gauges end in `_total`: etcd has them so. */
import type { Readings } from '../readings';
import { counter, gauge, labelled, type Row } from '../row';

const STATUS = 'the status that /v2/stats/self and /debug/vars show';
const REPORT = "the member's own count";

function isLearner({ id, raft }: Readings): boolean {
  return raft.configuration.learners.includes(id);
}

export const serverRows: readonly Row[] = [
  gauge('etcd_server_has_leader', ['Whether a leader is known here, 1 or 0', STATUS], ({ raft }) =>
    raft.leader === undefined ? 0 : 1,
  ),
  gauge('etcd_server_is_leader', ['Whether this member leads, 1 or 0', STATUS], ({ raft }) =>
    raft.role === 'leader' ? 1 : 0,
  ),
  gauge('etcd_server_is_learner', ['Whether this member has no vote yet, 1 or 0', STATUS], (readings) =>
    isLearner(readings) ? 1 : 0,
  ),
  counter(
    'etcd_server_leader_changes_seen_total',
    ['How often a leader was seen that was not there before', REPORT],
    ({ report }) => report.leaderChanges,
  ),
  gauge(
    'etcd_server_proposals_committed_total',
    ['Index of the last log entry known to be committed', STATUS],
    ({ raft }) => raft.commit,
  ),
  gauge(
    'etcd_server_proposals_applied_total',
    ['Index of the last log entry that went through the state machine', STATUS],
    ({ raft }) => raft.applied,
  ),
  gauge(
    'etcd_server_proposals_pending',
    ['Writes and membership changes of clients of this member that are not answered yet', REPORT],
    ({ report }) => report.proposalsPending,
  ),
  counter(
    'etcd_server_proposals_failed_total',
    ['Writes of clients of this member that ended in an error of the cluster instead of an answer', REPORT],
    ({ report }) => report.proposalsFailed,
  ),
  counter(
    'etcd_server_heartbeat_send_failures_total',
    ['Heartbeats that this member, leading, was ready to send more than one interval late', REPORT],
    ({ report }) => report.heartbeatsLate,
  ),
  counter(
    'etcd_server_slow_apply_total',
    ['Turns whose committed entries took more than 100 ms to apply', 'the loop'],
    ({ recorded }) => recorded.slowApplies,
  ),
  counter(
    'etcd_server_slow_read_indexes_total',
    ['Linearizable reads that ran out of time', REPORT],
    ({ report }) => report.readIndexesTimedOut,
  ),
  counter(
    'etcd_server_read_indexes_failed_total',
    ['Questions for an index to read at that had no leader to answer them and were asked again', REPORT],
    ({ report }) => report.readIndexesRefused,
  ),
  gauge(
    'etcd_server_snapshot_apply_in_progress_total',
    ['States of the leader that are being taken over here, 1 or 0', REPORT],
    ({ report }) => report.statesComingIn,
  ),
  counter(
    'etcd_server_learner_promote_successes',
    ['Learners that this member, leading, gave a vote', REPORT],
    ({ report }) => report.learnersPromoted,
  ),
  labelled(
    'counter',
    'etcd_server_learner_promote_failures',
    ['Reason'],
    ['Promotions of learners that were proposed and not carried out', REPORT],
    ({ report }) => [[['not carried out'], report.promotionsFailed]],
  ),
  gauge(
    'etcd_server_quota_backend_bytes',
    ['How large the store may become in memory (--quota-bytes)', STATUS],
    ({ quota }) => quota.bytes,
  ),
  counter(
    'etcd_server_health_success',
    ['Health checks that this member passed', 'the /health route'],
    ({ recorded }) => recorded.healthSuccesses,
  ),
  counter(
    'etcd_server_health_failures',
    ['Health checks that this member failed', 'the /health route'],
    ({ recorded }) => recorded.healthFailures,
  ),
  labelled('gauge', 'etcd_server_id', ['server_id'], ['The id of this member, as a label', STATUS], ({ id }) => [
    [[id], 1],
  ]),
  labelled(
    'gauge',
    'etcd_server_version',
    ['server_version'],
    ['The API version of this member, as a label', '/version'],
    ({ serverVersion }) => [[[serverVersion], 1]],
  ),
  labelled(
    'gauge',
    'etcd_cluster_version',
    ['cluster_version'],
    ['The API version that all members have, as a label', '/version'],
    ({ clusterVersion }) => [[[clusterVersion.split('.').slice(0, 2).join('.')], 1]],
  ),
  gauge('os_fd_used', ['Open file descriptors', '/proc'], ({ files }) => files.open),
  gauge('os_fd_limit', ['How many file descriptors may be open', '/proc'], ({ files }) => files.limit),
];
