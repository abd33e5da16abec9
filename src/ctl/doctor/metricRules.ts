/** What the metrics of the members say: disks, clocks, certificates, room, and whether all run the same. */
import { quantileBetween, sumOf, type Metrics } from '../../client/metricsText';
import { answeringIn, measuredIn, nameOfId, type ClusterFacts } from './facts';
import type { Complaint, Rule } from './findings';

/** Of clocks and the event loop as in the alerts of deploy/prometheus; the others are stricter, or look at the whole life of a member instead of minutes. */
const LIMITS = {
  fsyncSlowS: 0.1,
  fsyncVerySlowS: 0.5,
  fsyncsToJudge: 100,
  eventLoopLagS: 0.25,
  clockDifferenceS: 1,
  lagEntries: 1000,
  certificateSoonS: 30 * 86_400,
  certificateVerySoonS: 7 * 86_400,
  used: 0.8,
} as const;

const NOTHING: Metrics = new Map();

type Measured = ReturnType<typeof measuredIn>[number];

export const metricRules: readonly Rule<ClusterFacts>[] = [
  {
    about: 'versions',
    isTold: (cluster) => answeringIn(cluster).length > 0,
    well: (cluster) => {
      const [api] = answeringIn(cluster).map(({ version }) => version);
      const [program] = measuredIn(cluster).map(programOf);
      return `all run ${program ?? 'the same'}, which speaks the API of etcd ${api ?? ''}`;
    },
    complaints: versionComplaints,
  },
  {
    about: 'configuration',
    well: () => 'quota and auth are the same everywhere',
    isTold: tells('etcd_auth_enabled'),
    complaints: (cluster) => [
      ...differing(cluster, 'etcd_server_quota_backend_bytes', 'have different quotas', 'set the same --quota-bytes'),
      ...differing(cluster, 'etcd_auth_enabled', 'differ in whether auth is on', 'one of them lags behind: look again'),
    ],
  },
  {
    about: 'links',
    well: () => 'every member hears every other one',
    isTold: tellsOfPeers('etcd_network_active_peers'),
    complaints: forEach(({ name, metrics }, cluster) =>
      samplesOf(metrics, 'etcd_network_active_peers')
        // Why there is none to a member that does not run is said already.
        .filter(({ labels, value }) => value === 0 && !isSilent(cluster, labels['Remote']))
        .map(({ labels }) => ({
          severity: 'error',
          seen: `${name} has no connection to ${nameOfId(cluster, labels['Remote'] ?? '')}`,
          advice: 'look at the peer URLs of both, at firewalls between them and at their certificates',
        })),
    ),
  },
  {
    about: 'followers',
    well: () => 'none is far behind the leader',
    isTold: tellsOfPeers('etcd_raft_follower_lag_entries'),
    complaints: forEach(({ metrics }, cluster) =>
      samplesOf(metrics, 'etcd_raft_follower_lag_entries')
        .filter(({ value }) => value > LIMITS.lagEntries)
        .map(({ labels, value }) => ({
          severity: 'warning',
          seen: `${nameOfId(cluster, labels['To'] ?? '')} is ${value} entries behind the leader`,
          advice: 'it catches up after a start; if it does not get less, its disk or network is too slow',
        })),
    ),
  },
  {
    about: 'clocks',
    well: () => 'they differ by less than a second',
    isTold: tellsOfPeers('etcd_network_peer_clock_difference_seconds'),
    complaints: forEach(({ name, metrics }, cluster) =>
      samplesOf(metrics, 'etcd_network_peer_clock_difference_seconds')
        .filter(({ value }) => Math.abs(value) > LIMITS.clockDifferenceS)
        .map(({ labels, value }) => ({
          severity: 'warning',
          seen: `the clock of ${nameOfId(cluster, labels['To'] ?? '')} is ${seconds(Math.abs(value))} ${value > 0 ? 'ahead of' : 'behind'} that of ${name}`,
          advice: 'have NTP or chrony set the clocks of all machines: keys with a TTL go when the leader says so',
        })),
    ),
  },
  {
    about: 'disks',
    isTold: tells('etcd_disk_wal_fsync_duration_seconds_bucket'),
    well: (cluster) => {
      const syncs = measuredIn(cluster).map(({ metrics }) => syncsOf(metrics));
      const share = syncs.every(({ areFew }) => !areFew) ? '99 of 100 writes' : 'half of the first writes';
      return `${share} were on disk within ${seconds(Math.max(0, ...syncs.map(({ slowS }) => slowS)))}`;
    },
    complaints: forEach(diskComplaints),
  },
  {
    about: 'room',
    well: () => 'stores, files and connections are below their limits',
    isTold: tells('etcd_store_bytes'),
    complaints: forEach(roomComplaints),
  },
  {
    about: 'event loop',
    well: () => 'members have time for their clients',
    isTold: tells('etcd_eventloop_lag_seconds_bucket'),
    complaints: forEach(({ name, metrics }) => {
      const lagS = quantileBetween(NOTHING, metrics, 'etcd_eventloop_lag_seconds', 0.99) ?? 0;
      if (lagS <= LIMITS.eventLoopLagS) return [];
      return [
        {
          severity: 'warning',
          seen: `one of a hundred turns of ${name} came ${seconds(lagS)} late`,
          advice: 'give it more processor time, or look for very large listings and values',
        },
      ];
    }),
  },
  {
    about: 'certificates',
    well: (cluster) =>
      measuredIn(cluster).some(({ metrics }) => metrics.has('etcd_tls_certificate_expiry_seconds'))
        ? 'all are good for another 30 days'
        : 'there are none',
    isTold: tells('etcd_cairn_build_info'),
    complaints: forEach(certificateComplaints),
  },
  {
    about: 'states',
    well: () => 'no comparison of the states of the members found a difference',
    isTold: tells('etcd_state_mismatches_total'),
    complaints: forEach(({ name, metrics }) =>
      (sumOf(metrics, 'etcd_state_mismatches_total') ?? 0) === 0
        ? []
        : [
            {
              severity: 'error',
              seen: `${name} saw members with different states`,
              advice:
                'a member that ended with code 7 comes back as a new one by itself: wait, or without --auto-rejoin remove and add it; if ' +
                '/health says "the states of the members differ", decide whose data is kept (docs/clustering.md, "States that differ")',
            },
          ],
    ),
  },
];

/** For rules that other programs with this API have no metric for. */
function tells(name: string): (cluster: ClusterFacts) => boolean {
  return (cluster) => measuredIn(cluster).some(({ metrics }) => metrics.has(name));
}

/** The same where a cluster of one has nothing to tell. */
function tellsOfPeers(name: string): (cluster: ClusterFacts) => boolean {
  return (cluster) => tells(name)(cluster) || (cluster.members.length === 1 && answeringIn(cluster).length === 1);
}

/** A rule for each member by itself. */
function forEach(
  complaintsOf: (member: Measured, cluster: ClusterFacts) => readonly Complaint[],
): Rule<ClusterFacts>['complaints'] {
  return (cluster) => measuredIn(cluster).flatMap((member) => complaintsOf(member, cluster));
}

function isSilent({ members }: ClusterFacts, id: string | undefined): boolean {
  return members.some(({ member, answering, isUnasked }) => member.id === id && answering === undefined && !isUnasked);
}

function versionComplaints(cluster: ClusterFacts): readonly Complaint[] {
  const programs = measuredIn(cluster).map((member) => [member.name, programOf(member)] as const);
  const apis = new Set(answeringIn(cluster).map(({ version }) => version));
  if (new Set(programs.map(([, program]) => program)).size < 2 && apis.size < 2) return [];
  const said = programs.map(([name, program]) => `${name} ${program}`).join(', ');
  return [
    {
      severity: 'warning',
      seen: `members run different programs (${said})`,
      advice: 'that is right during an upgrade only: what is new counts once all members have it',
    },
  ];
}

/** Other programs that speak this API do not say which they are. */
function programOf({ metrics }: Measured): string {
  const version = samplesOf(metrics, 'etcd_cairn_build_info')[0]?.labels['version'];
  return version === undefined ? 'a program that does not say its version' : `Cairn ${version}`;
}

function differing(cluster: ClusterFacts, metric: string, what: string, advice: string): readonly Complaint[] {
  const values = measuredIn(cluster).map(({ name, metrics }) => [name, sumOf(metrics, metric)] as const);
  if (new Set(values.map(([, value]) => value)).size < 2) return [];
  const said = values.map(([name, value]) => `${name} ${value ?? 'unknown'}`).join(', ');
  return [{ severity: 'warning', seen: `members ${what} (${said})`, advice }];
}

/** How long writes took to be on disk. One slow one of a few says nothing about a disk, so a member that just began is judged by half of them. */
function syncsOf(metrics: Metrics): { readonly areFew: boolean; readonly slowS: number } {
  const name = 'etcd_disk_wal_fsync_duration_seconds';
  const areFew = (sumOf(metrics, `${name}_count`) ?? 0) < LIMITS.fsyncsToJudge;
  return { areFew, slowS: quantileBetween(NOTHING, metrics, name, areFew ? 0.5 : 0.99) ?? 0 };
}

function diskComplaints({ name, metrics }: Measured): readonly Complaint[] {
  const complaints: Complaint[] = [];
  const { areFew, slowS } = syncsOf(metrics);
  if (slowS > LIMITS.fsyncSlowS)
    complaints.push({
      severity: slowS > LIMITS.fsyncVerySlowS ? 'error' : 'warning',
      seen: `${areFew ? 'half of the first' : 'one of a hundred'} writes of ${name} took ${seconds(slowS)} or more to be on disk`,
      advice: 'give it a disk of its own, best an SSD that is not shared over the network',
    });
  if ((sumOf(metrics, 'etcd_rocksdb_writes_stopped') ?? 0) > 0)
    complaints.push({
      severity: 'error',
      seen: `the engine of ${name} makes writes wait until it has compacted`,
      advice: 'its disk does not keep up: give it a faster one, or fewer writes',
    });
  return complaints;
}

function roomComplaints({ name, metrics }: Measured): readonly Complaint[] {
  const complaints: Complaint[] = [];
  const used = (what: string, amount: string, limit: string, advice: string): void => {
    const share = (sumOf(metrics, amount) ?? 0) / (sumOf(metrics, limit) || Infinity);
    if (share > LIMITS.used)
      complaints.push({
        severity: 'warning',
        seen: `${name} has used ${Math.round(share * 100)} % of its ${what}`,
        advice,
      });
  };
  if ((sumOf(metrics, 'etcd_store_full') ?? 0) > 0)
    complaints.push({
      severity: 'error',
      seen: `the store of ${name} is full and refuses what makes it larger`,
      advice: 'delete keys, or raise --quota-bytes on all members',
    });
  else used('quota', 'etcd_store_bytes', 'etcd_server_quota_backend_bytes', 'delete keys, or raise --quota-bytes');
  used('open files', 'process_open_fds', 'process_max_fds', 'raise its limit of open files (ulimit -n)');
  used('connections', 'etcd_client_connections', 'etcd_client_connections_limit', 'raise its limit of open files');
  return complaints;
}

function certificateComplaints({ name, metrics }: Measured): readonly Complaint[] {
  const ending = (metric: string, what: string, advice: string): readonly Complaint[] =>
    samplesOf(metrics, metric)
      .filter(({ value }) => value < LIMITS.certificateSoonS)
      .map(({ labels, value }) => ({
        severity: value < LIMITS.certificateVerySoonS ? 'error' : 'warning',
        seen: `${what} of the ${labels['listener'] ?? ''} port of ${name} ${value > 0 ? `ends in ${days(value)}` : 'has ended'}`,
        advice,
      }));
  return [
    ...ending(
      'etcd_tls_certificate_expiry_seconds',
      'a certificate',
      'put a new one in its place: members read it without a restart',
    ),
    ...ending('etcd_tls_revocations_expiry_seconds', 'a list of revoked certificates', 'put a newer list in its place'),
  ];
}

function samplesOf(metrics: Metrics, name: string) {
  return metrics.get(name) ?? [];
}

function seconds(value: number): string {
  return value < 1 ? `${Math.max(1, Math.round(value * 1000))} ms` : `${value.toFixed(1)} s`;
}

function days(valueS: number): string {
  const whole = Math.floor(valueS / 86_400);
  return whole === 1 ? '1 day' : `${whole} days`;
}
