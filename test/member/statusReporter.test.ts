import type { Raft } from '../../src/raft/raft';
import { FEATURE_LEVEL, FIRST_LEVEL } from '../../src/machine/features';
import { Machine } from '../../src/machine/machine';
import { PendingRequests } from '../../src/member/pendingRequests';
import { LeaderObserver } from '../../src/member/leaderObserver';
import { LocalReads } from '../../src/member/localReads';
import { Promoter } from '../../src/member/promoter';
import { MemberCounters, type MemberReport } from '../../src/member/memberCounters';
import { StatusReporter, type StatusReporterParts } from '../../src/member/statusReporter';

const HEARTBEAT_MS = 100;

function scene() {
  const raft = { id: 'a', leader: 'a' as string | undefined, term: 1 };
  const asRaft = raft as unknown as Raft;
  const logger = { info: () => undefined, warn: () => undefined, error: () => undefined };
  const clock = {
    now: () => 0,
    monotonicMs: () => 0,
    every: () => () => undefined,
    after: () => () => undefined,
    soon: () => undefined,
  };
  const counters = new MemberCounters(asRaft, HEARTBEAT_MS);
  const requests = new PendingRequests(
    'a',
    1,
    clock,
    1000,
    () => undefined,
    () => 1,
  );
  const leaderObserver = new LeaderObserver(asRaft, clock, logger);
  const machine = new Machine(10);
  const promoter = new Promoter(asRaft, { machine }, () => Promise.resolve());
  const reads = new LocalReads('cafe', asRaft, { machine }, clock, requests);
  const parts = {
    raft: asRaft,
    state: { machine },
    requests,
    leaderObserver,
    promoter,
    counters,
    reads,
  } as unknown as StatusReporterParts;
  const reporter = new StatusReporter(parts);
  const report = (): MemberReport => reporter.report();
  return { raft, counters, requests, leaderObserver, reads, reporter, report };
}

test('a leader counts when it was not there before', () => {
  const { raft, leaderObserver, report } = scene();
  for (const leader of ['a', 'a', undefined, 'a', 'b']) {
    raft.leader = leader;
    leaderObserver.check();
  }
  expect(report().leaderChanges).toBe(3);
});

test('callers that get an error have failed', async () => {
  const { requests, report } = scene();
  const proposed = requests.propose({ type: 'sync', nowMs: 0, expireMax: 1 });
  const read = requests.readBarrier();
  expect(report()).toMatchObject({ proposalsPending: 1, proposalsFailed: 0 });
  requests.expire(2000);
  await expect(proposed).rejects.toMatchObject({ reason: 'timeout' });
  await expect(read).rejects.toMatchObject({ reason: 'timeout' });
  expect(report()).toMatchObject({ proposalsPending: 0, proposalsFailed: 1, readIndexesTimedOut: 1 });
});

test('recursive reads are told from others', () => {
  const { reads, reporter, report } = scene();
  reads.get('/', { recursive: true, sorted: false });
  reads.get('/', { recursive: false, sorted: false });
  reads.get('/nothing', { recursive: true, sorted: false });
  expect(report()).toMatchObject({ recursiveGetsSuccess: 1, recursiveGetsFail: 1 });
  expect(reporter.storeStats()).toMatchObject({ getsSuccess: 2, getsFail: 1 });
});

test('it says up to which feature level it reads, and which one is in force', () => {
  const { report } = scene();
  expect(report()).toMatchObject({ featureLevel: FIRST_LEVEL, featureLevelKnown: FEATURE_LEVEL });
});
