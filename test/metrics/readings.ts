import { Recorders } from '../../src/metrics/recorders';
import type { Readings } from '../../src/metrics/readings';

/** Every number its own, so that a test sees which one it got. */
export function readings(fields: Partial<Readings> = {}): Readings {
  let next = 100;
  const one = (): number => next++;
  return {
    id: 'a',
    serverVersion: '2.3.8',
    programVersion: '1.0.0',
    clusterVersion: '2.3.0',
    raft: {
      ...{
        role: 'leader',
        leader: 'a',
        term: 3,
        commit: 20,
        applied: 19,
        persisted: 20,
        firstIndex: 11,
        lastIndex: 21,
      },
      configuration: { learners: [] },
      progress: [
        { id: 'a', matchIndex: 21 },
        { id: 'b', matchIndex: 15 },
      ],
    },
    ready: true,
    stateMismatches: 0,
    quota: { bytes: 100_000_000, usedBytes: 5000, alarm: false },
    traffic: { sendAppendRequestCnt: one(), recvAppendRequestCnt: one() },
    store: {
      ...{
        getsSuccess: 30,
        getsFail: 12,
        setsSuccess: one(),
        setsFail: one(),
        deleteSuccess: one(),
        deleteFail: one(),
      },
      ...{ updateSuccess: one(), updateFail: one(), createSuccess: one(), createFail: one() },
      ...{ compareAndSwapSuccess: one(), compareAndSwapFail: one() },
      ...{ compareAndDeleteSuccess: one(), compareAndDeleteFail: one(), expireCount: one(), watchers: one() },
    },
    report: {
      ...{ proposalsPending: one(), proposalsFailed: one(), leaderChanges: one() },
      ...{ readIndexesRefused: one(), readIndexesTimedOut: one(), heartbeatsLate: one() },
      ...{ learnersPromoted: one(), promotionsFailed: one(), statesComingIn: 0, watchRequests: one() },
      ...{ nodes: one(), nodesWithTtl: one(), recursiveGetsSuccess: 5, recursiveGetsFail: 2 },
      ...{ featureLevel: one(), featureLevelKnown: one() },
    },
    peers: [
      {
        ...{ id: 'b', connected: true, clockDifferenceMs: -1500, queuedBytes: one(), sentBytes: one() },
        ...{ receivedBytes: one(), sentFailures: one(), receivedFailures: one(), disconnects: one() },
      },
    ],
    followers: [{ id: 'b', successCount: one(), failCount: one() }],
    engine: {
      ...{ tableBytes: 1000, liveBytes: 800, memtableBytes: 300, pendingCompactionBytes: 0, runningCompactions: 0 },
      ...{ runningFlushes: 0, level0Files: 1, blockCacheBytes: 0, writesStopped: false },
    },
    disk: { usedBytes: 1200, freeBytes: 8800 },
    files: { open: 30, limit: 1024 },
    logLinesDropped: 0,
    authEnabled: true,
    auditLinesDropped: 0,
    isStandby: false,
    certificates: [{ listener: 'client', secondsLeft: 86_400 }],
    revocations: [{ listener: 'peer', secondsLeft: 3600 }],
    clients: { receivedBytes: one(), sentBytes: one(), served: 3, waiting: 0, limit: 640, refused: 0 },
    locks: { waiting: 4, acquired: one() },
    recorded: new Recorders(() => 0),
    ...fields,
  };
}
