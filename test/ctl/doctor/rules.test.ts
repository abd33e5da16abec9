/** What is said of clusters of every kind; the facts are made up, the rules are the real ones. */
import { parseMetrics } from '../../../src/client/metricsText';
import type { MemberFacts } from '../../../src/ctl/doctor/facts';
import { worstOf } from '../../../src/ctl/doctor/findings';
import { doctorRules } from '../../../src/ctl/doctor/rules';
import { absent, clusterOf, complaintsOf, findingsOf, memberFacts, reachedAt, three } from './madeUp';

test('a cluster that is well has one line for each rule, and none asks for anything', () => {
  const findings = findingsOf(three());
  expect(findings).toHaveLength(doctorRules.length);
  expect(worstOf(findings)).toBe('ok');
  expect(findings.filter(({ advice }) => advice !== undefined)).toEqual([]);
  expect(findings.find(({ about }) => about === 'leader')?.seen).toBe('all follow a');
});

test('what no member tells is not called well', () => {
  const etcd = memberFacts('a', { metrics: parseMetrics('process_open_fds 10\nprocess_max_fds 1000\n') });
  const findings = findingsOf(clusterOf(etcd, { ...etcd, member: { ...etcd.member, id: 'id-b' } }));
  const unknown = findings.filter(({ severity }) => severity === 'unknown').map(({ about }) => about);
  expect(unknown).toEqual([
    'configuration',
    'links',
    'followers',
    'clocks',
    'disks',
    'room',
    'event loop',
    'certificates',
    'states',
  ]);
});

test('every complaint says what to do', () => {
  const text =
    'etcd_store_full 1\netcd_state_mismatches_total 1\netcd_rocksdb_writes_stopped 1\n' +
    'etcd_tls_certificate_expiry_seconds{listener="peer"} 5\netcd_network_active_peers{Local="x",Remote="y"} 0\n';
  const cluster = clusterOf(memberFacts('a', { metricsText: text, isReady: false }), absent(memberFacts('b')));
  for (const { severity, advice } of findingsOf(cluster))
    expect(advice === undefined).toBe(severity === 'ok' || severity === 'unknown');
});

test('one of three that does not answer is told, and that no other may be lost now', () => {
  const cluster = clusterOf(memberFacts('a'), memberFacts('b'), absent(memberFacts('c')));
  expect(complaintsOf(cluster)).toEqual([
    'error members: c does not answer: connection refused',
    'error majority: 2 of 3 voting members are well: the loss of any one of them stops all writes',
  ]);
});

test('a lost majority is told as that', () => {
  const lonely = memberFacts('a', { isHealthy: false, leader: undefined });
  const complaints = complaintsOf(clusterOf(lonely, absent(memberFacts('b')), absent(memberFacts('c'))));
  expect(complaints).toContain('error leader: a knows no leader');
  expect(complaints).toContain(
    'error majority: 0 of 3 voting members are well, and 2 are needed: nothing can be written',
  );
});

test('a member that was added and never started counts for the majority, a learner does not', () => {
  const added = absent(memberFacts('', {}, []));
  expect(complaintsOf(clusterOf(memberFacts('a'), memberFacts('b'), memberFacts('c'), added))).toEqual([
    'warning members: id- was added and has not been started (http://.example:2380)',
    'error majority: 3 of 4 voting members are well: the loss of any one of them stops all writes',
    'warning size: 4 voting members survive the loss of no more than 3 do, and each write needs one more',
  ]);
  const learner = memberFacts('d');
  const cluster = clusterOf(...three().members, { ...learner, member: { ...learner.member, isLearner: true } });
  expect(complaintsOf(cluster)).toEqual([]);
  const notStarted = { ...added, member: { ...added.member, isLearner: true } };
  expect(complaintsOf(clusterOf(...three().members, notStarted))).toEqual([
    'warning members: id- was added and has not been started (http://.example:2380)',
  ]);
});

test.each([
  [1, ['warning majority: there is one voting member: when it stops']],
  [2, ['warning majority: 2 of 2 voting members are well: the loss of any one']],
  [3, []],
  [4, ['warning size: 4 voting members survive']],
  [5, []],
  [9, ['warning size: 9 voting members make each write wait for 5 disks']],
])('%d members', (count, expected) => {
  const members = Array.from({ length: count }, (_, at) => memberFacts(String.fromCharCode(97 + at)));
  const complaints = complaintsOf(clusterOf(...members));
  expect(complaints).toHaveLength(expected.length);
  for (const [at, words] of expected.entries()) expect(complaints[at]).toContain(words);
});

test('members that disagree about who belongs to them, or follow different leaders, are told', () => {
  const complaints = complaintsOf(three(memberFacts('a', { memberIds: ['id-a'], leader: 'id-b' })));
  expect(complaints).toEqual([
    'warning leader: members follow different leaders: b, a',
    'error member lists: members disagree about who belongs to the cluster (a: id-a; b, c: id-a, id-b, id-c)',
  ]);
});

test('URLs that lead nobody anywhere are told, but for a trial on this machine', () => {
  const local = three(memberFacts('a', {}, ['http://127.0.0.1:2379', 'http://0.0.0.0:2379']));
  expect(complaintsOf(local)).toEqual([
    'warning client URLs: a tells clients http://127.0.0.1:2379, http://0.0.0.0:2379, which leads no other machine to it',
  ]);
  const trial = ['a', 'b', 'c'].map((name, at) => memberFacts(name, {}, [`http://[::1]:${2379 + at}`]));
  expect(complaintsOf({ askedAt: 'http://localhost:2379', members: trial })).toEqual([]);
  expect(complaintsOf({ askedAt: 'http://10.0.0.1:2379', members: trial })).toHaveLength(3);
  const mixed = three(memberFacts('a', {}, ['https://a.example:2379']));
  expect(complaintsOf(mixed)).toEqual(['warning client URLs: some members are reached by http and others by https']);
});

test.each([
  ['etcd_server_quota_backend_bytes 999', 'warning configuration: members have different quotas (a'],
  ['etcd_auth_enabled 1', 'warning configuration: members differ in whether auth is on (a'],
  [
    'etcd_cairn_build_info{version="0.1.0"} 1',
    'warning versions: members run different programs (a Cairn 0.1.0, b Cairn 0.2.0, c Cairn 0.2.0)',
  ],
  ['etcd_network_active_peers{Local="id-a",Remote="id-b"} 0', 'error links: a has no connection to b'],
  ['etcd_raft_follower_lag_entries{To="id-b"} 1001', 'warning followers: b is 1001 entries behind'],
  [
    'etcd_network_peer_clock_difference_seconds{To="id-b"} -2.5',
    'warning clocks: the clock of b is 2.5 s behind that of a',
  ],
  ['etcd_store_full 1', 'error room: the store of a is full'],
  ['etcd_store_bytes 900', 'warning room: a has used 91 % of its quota'],
  ['process_open_fds 981', 'warning room: a has used 99 % of its open files'],
  ['etcd_rocksdb_writes_stopped 1', 'error disks: the engine of a makes writes wait'],
  ['etcd_state_mismatches_total 1', 'error states: a saw members with different states'],
  [
    'etcd_tls_certificate_expiry_seconds{listener="client"} 864000',
    'warning certificates: a certificate of the client port of a ends in 10 days',
  ],
  [
    'etcd_tls_certificate_expiry_seconds{listener="peer"} -1',
    'error certificates: a certificate of the peer port of a has ended',
  ],
  [
    'etcd_tls_revocations_expiry_seconds{listener="peer"} 90000',
    'error certificates: a list of revoked certificates of the peer port of a ends in 1 day',
  ],
  [
    'etcd_eventloop_lag_seconds_bucket{le="1"} 0\netcd_eventloop_lag_seconds_bucket{le="+Inf"} 5',
    'warning event loop: one of a hundred turns of a came 1.0 s late',
  ],
  [
    'etcd_disk_wal_fsync_duration_seconds_bucket{le="1"} 10000\n' +
      'etcd_disk_wal_fsync_duration_seconds_bucket{le="+Inf"} 100000',
    'error disks: one of a hundred writes of a took 1.0 s or more',
  ],
])('%s', (metricsText, complaint) => {
  const complaints = complaintsOf(three(memberFacts('a', { metricsText: `${metricsText}\n` })));
  expect(complaints).toHaveLength(1);
  expect(complaints[0]).toContain(complaint);
});

test.each([
  [1, ['ok disks: half of the first writes were on disk within 6 ms']],
  [6, ['warning disks: half of the first writes of a took 175 ms or more to be on disk']],
])('of the first ten writes of a member %i slow ones', (slow, expected) => {
  const name = 'etcd_disk_wal_fsync_duration_seconds';
  const metrics = parseMetrics(`
${name}_bucket{le="0.01"} ${10 - slow}
${name}_bucket{le="1"} 10
${name}_bucket{le="+Inf"} 10
${name}_count 10
`);
  const findings = findingsOf(clusterOf(memberFacts('a', { metrics }))).filter(({ about }) => about === 'disks');
  expect(findings.map(({ severity, about, seen }) => `${severity} ${about}: ${seen}`)).toEqual(expected);
});

test('metrics that are not there, or no numbers, make nobody ill', () => {
  const complaints = complaintsOf(three(memberFacts('a', { metrics: parseMetrics('') })));
  // The others have a quota, and a version.
  expect(complaints.map((each) => each.split(':')[0])).toEqual([
    'warning versions',
    'warning configuration',
    'warning configuration',
  ]);
  const without = complaintsOf(three(memberFacts('a', { metrics: undefined })));
  expect(without).toEqual([expect.stringContaining('warning metrics: a does not say its metrics')]);
});

test('versions of the API that differ are told too', () => {
  const complaints = complaintsOf(three(memberFacts('a', { version: '2.2.0' })));
  expect(complaints).toEqual([expect.stringContaining('warning versions: members run different programs (a Cairn')]);
});

test('a connection that cannot be there, because the other member does not run, is not told of every member', () => {
  const down = absent(memberFacts('c'));
  const metricsText = 'etcd_network_active_peers{Local="id-a",Remote="id-c"} 0\n';
  const complaints = complaintsOf(clusterOf(memberFacts('a', { metricsText }), memberFacts('b'), down));
  expect(complaints.map((each) => each.split(':')[0])).toEqual(['error members', 'error majority']);
});

test('a member without TLS at its peer port is told of among others that have it, and only there', () => {
  const [a, b, c] = [memberFacts('a'), memberFacts('b'), memberFacts('c')];
  const secure = [a, b].map((facts) => reachedAt(facts, 'https://10.0.0.1:2380'));
  const ofPeers = (...members: readonly MemberFacts[]) =>
    findingsOf(clusterOf(...members)).filter(({ about }) => about === 'peer URLs');
  expect(ofPeers(...secure, reachedAt(c, 'http://10.0.0.4:2380'))).toMatchObject([
    { severity: 'warning', seen: expect.stringMatching(/^c is reached without TLS at http:\/\/10\.0\.0\.4:2380, /) },
  ]);
  expect(ofPeers(...secure)).toMatchObject([{ severity: 'ok' }]);
  expect(ofPeers(a, b, c)).toMatchObject([{ severity: 'ok' }]);
});
