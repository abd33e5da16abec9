/** Facts of clusters that are made up, and what the rules say of them. */
import { parseMetrics } from '../../../src/client/metricsText';
import type { Answering, ClusterFacts, MemberFacts } from '../../../src/ctl/doctor/facts';
import { judge, type Finding } from '../../../src/ctl/doctor/findings';
import { doctorRules } from '../../../src/ctl/doctor/rules';

const WELL = `
etcd_server_quota_backend_bytes 1000
etcd_store_bytes 10
etcd_auth_enabled 0
etcd_network_active_peers{Local="x",Remote="z"} 1
etcd_raft_follower_lag_entries{To="z"} 0
etcd_network_peer_clock_difference_seconds{To="z"} 0
etcd_eventloop_lag_seconds_bucket{le="+Inf"} 0
etcd_state_mismatches_total 0
etcd_cairn_build_info{version="0.2.0",node_version="v20"} 1
process_open_fds 10
process_max_fds 1000
etcd_disk_wal_fsync_duration_seconds_bucket{le="0.008"} 100
etcd_disk_wal_fsync_duration_seconds_bucket{le="+Inf"} 100
etcd_disk_wal_fsync_duration_seconds_count 100
`;

export function memberFacts(
  name: string,
  changes: Partial<Answering> & { readonly metricsText?: string } = {},
  clientURLs: readonly string[] = [`http://${name}.example:2379`],
): MemberFacts {
  const { metricsText = '', ...answering } = changes;
  return {
    member: { id: `id-${name}`, name, peerURLs: [`http://${name}.example:2380`], clientURLs, isLearner: false },
    failure: '',
    isUnasked: false,
    answering: {
      url: clientURLs[0] ?? '',
      version: '0.2.0',
      isHealthy: true,
      isReady: true,
      leader: 'id-a',
      memberIds: ['id-a', 'id-b', 'id-c'],
      metrics: parseMetrics(`${metricsText}${WELL}`),
      ...answering,
    },
  };
}

/** The same with these peer URLs. */
export function reachedAt(facts: MemberFacts, ...peerURLs: readonly string[]): MemberFacts {
  return { ...facts, member: { ...facts.member, peerURLs } };
}

export function absent({ member }: MemberFacts): MemberFacts {
  return { member, answering: undefined, failure: 'connection refused', isUnasked: false };
}

/** TLS with it failed. */
export function unasked({ member }: MemberFacts): MemberFacts {
  return { member, answering: undefined, failure: 'x509: unknown authority', isUnasked: true };
}

export function clusterOf(...members: readonly MemberFacts[]): ClusterFacts {
  return { askedAt: 'http://a.example:2379', members };
}

export const three = (a: MemberFacts = memberFacts('a')): ClusterFacts =>
  clusterOf(a, memberFacts('b'), memberFacts('c'));

export function findingsOf(cluster: ClusterFacts): readonly Finding[] {
  return judge(doctorRules, cluster);
}

/** Severity, what it is about and the words of everything that is not well. */
export function complaintsOf(cluster: ClusterFacts): readonly string[] {
  return findingsOf(cluster)
    .filter(({ severity }) => severity !== 'ok')
    .map(({ severity, about, seen }) => `${severity} ${about}: ${seen}`);
}
