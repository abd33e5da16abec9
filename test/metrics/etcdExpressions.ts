/**
 * What alerts and dashboards made for etcd ask Prometheus: the same metrics, labels and aggregations as the rules and
 * dashboards that come with etcd 3.x and the alert rules of the 2.3 documentation. Thresholds are cut off where they matter
 * to nothing but the alert.
 */
const of = '{job=~".*etcd.*"}';

function p99(metric: string, labels = '', window = '5m'): string {
  return `histogram_quantile(0.99, rate(${metric}_bucket{job=~".*etcd.*"${labels}}[${window}]))`;
}

const FAILED = 'Unknown|FailedPrecondition|ResourceExhausted|Internal|Unavailable|DataLoss|DeadlineExceeded';

export const alertExpressions: readonly string[] = [
  `max without (endpoint) (sum without (instance) (up${of} == bool 0) or ` +
    `count without (To) (sum without (instance) (rate(etcd_network_peer_sent_failures_total${of}[2m])) > 0.01))`,
  `sum(up${of} == bool 1) without (instance)`,
  `etcd_server_has_leader${of}`,
  `increase((max without (instance) (etcd_server_leader_changes_seen_total${of}) or ` +
    `0 * absent(etcd_server_leader_changes_seen_total${of}))[15m:1m])`,
  `100 * sum(rate(grpc_server_handled_total{job=~".*etcd.*", grpc_code=~"${FAILED}"}[5m])) without (grpc_type, grpc_code) ` +
    `/ sum(rate(grpc_server_handled_total${of}[5m])) without (grpc_type, grpc_code)`,
  `100 * sum(rate(grpc_server_handled_total{job=~".*etcd.*", grpc_code!="OK"}[5m])) by (job, instance, grpc_service, grpc_method) ` +
    `/ sum(rate(grpc_server_handled_total${of}[5m])) by (job, instance, grpc_service, grpc_method)`,
  `histogram_quantile(0.99, sum(rate(grpc_server_handling_seconds_bucket{job=~".*etcd.*", grpc_method!="Defragment", ` +
    `grpc_type="unary"}[5m])) without (grpc_type))`,
  p99('etcd_network_peer_round_trip_time_seconds'),
  `rate(etcd_server_proposals_failed_total${of}[15m])`,
  p99('etcd_disk_wal_fsync_duration_seconds'),
  p99('etcd_disk_backend_commit_duration_seconds'),
  `100 * last_over_time(etcd_mvcc_db_total_size_in_bytes${of}[5m]) / last_over_time(etcd_server_quota_backend_bytes${of}[5m])`,
  `predict_linear(etcd_mvcc_db_total_size_in_bytes${of}[4h], 4 * 60 * 60)`,
  `last_over_time(etcd_mvcc_db_total_size_in_use_in_bytes${of}[5m]) / last_over_time(etcd_mvcc_db_total_size_in_bytes${of}[5m])`,
  // The documentation of 2.3; the first two as its rules were later renamed, the last two need --metrics-legacy-names.
  `sum by (method) (rate(etcd_http_failed_total{job=~".*etcd.*", code!~"4[0-9]{2}"}[5m])) / ` +
    `sum by (method) (rate(etcd_http_received_total${of}[5m]))`,
  p99('etcd_http_successful_duration_seconds'),
  p99('etcd_http_successful_duration_second'),
  p99('etcd_wal_fsync_durations_seconds'),
  `predict_linear(process_open_fds${of}[1h], 3600) / process_max_fds${of}`,
];

export const dashboardExpressions: readonly string[] = [
  `sum(etcd_server_has_leader${of})`,
  `sum(rate(grpc_server_started_total{job=~".*etcd.*", grpc_type="unary"}[5m]))`,
  `sum(rate(grpc_server_handled_total{job=~".*etcd.*", grpc_type="unary", grpc_code!="OK"}[5m]))`,
  `sum(grpc_server_started_total{job=~".*etcd.*", grpc_service="etcdserverpb.Watch", grpc_type="bidi_stream"}) - ` +
    `sum(grpc_server_handled_total{job=~".*etcd.*", grpc_service="etcdserverpb.Watch", grpc_type="bidi_stream"})`,
  `sum(grpc_server_started_total{job=~".*etcd.*", grpc_service="etcdserverpb.Lease", grpc_type="bidi_stream"}) - ` +
    `sum(grpc_server_handled_total{job=~".*etcd.*", grpc_service="etcdserverpb.Lease", grpc_type="bidi_stream"})`,
  `etcd_mvcc_db_total_size_in_bytes${of}`,
  `etcd_debugging_mvcc_db_total_size_in_bytes${of}`,
  `histogram_quantile(0.99, sum(rate(etcd_disk_wal_fsync_duration_seconds_bucket${of}[5m])) by (instance, le))`,
  `histogram_quantile(0.99, sum(rate(etcd_disk_backend_commit_duration_seconds_bucket${of}[5m])) by (instance, le))`,
  `process_resident_memory_bytes${of}`,
  `rate(etcd_network_client_grpc_received_bytes_total${of}[5m])`,
  `rate(etcd_network_client_grpc_sent_bytes_total${of}[5m])`,
  `sum(rate(etcd_network_peer_received_bytes_total${of}[5m])) by (instance)`,
  `sum(rate(etcd_network_peer_sent_bytes_total${of}[5m])) by (instance)`,
  `sum(rate(etcd_server_proposals_failed_total${of}[5m]))`,
  `sum(etcd_server_proposals_pending${of})`,
  `sum(rate(etcd_server_proposals_committed_total${of}[5m]))`,
  `sum(rate(etcd_server_proposals_applied_total${of}[5m]))`,
  `changes(etcd_server_leader_changes_seen_total${of}[1d])`,
  `histogram_quantile(0.99, sum by (instance, le) (rate(etcd_network_peer_round_trip_time_seconds_bucket${of}[5m])))`,
  // Dashboards for the v2 API.
  `sum(rate(etcd_debugging_store_reads_total${of}[5m])) by (action)`,
  `sum(rate(etcd_debugging_store_writes_total${of}[5m])) by (action)`,
  `sum(etcd_debugging_store_watchers${of})`,
  `sum(rate(etcd_debugging_store_expires_total${of}[5m]))`,
  `sum(rate(etcd_store_writes_total${of}[5m])) by (action)`,
];
