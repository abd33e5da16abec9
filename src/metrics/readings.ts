/**
 * What is looked up when somebody scrapes, from the same places that answer /v2/stats: a metric and a statistic cannot
 * disagree. Times are milliseconds.
 */
import type { Recorders } from './recorders';

/** Counts since the member was started, as /v2/stats/store shows them. */
export interface StoreReadings {
  readonly getsSuccess: number;
  readonly getsFail: number;
  readonly setsSuccess: number;
  readonly setsFail: number;
  readonly deleteSuccess: number;
  readonly deleteFail: number;
  readonly updateSuccess: number;
  readonly updateFail: number;
  readonly createSuccess: number;
  readonly createFail: number;
  readonly compareAndSwapSuccess: number;
  readonly compareAndSwapFail: number;
  readonly compareAndDeleteSuccess: number;
  readonly compareAndDeleteFail: number;
  readonly expireCount: number;
  readonly watchers: number;
}

export interface RaftReadings {
  readonly role: string;
  readonly leader: string | undefined;
  readonly term: number;
  readonly commit: number;
  readonly applied: number;
  readonly persisted: number;
  readonly firstIndex: number;
  readonly lastIndex: number;
  readonly configuration: { readonly learners: readonly string[] };
  /** Only on a leader. */
  readonly progress: readonly { readonly id: string; readonly matchIndex: number }[];
}

export interface ReportReadings {
  readonly proposalsPending: number;
  readonly proposalsFailed: number;
  readonly leaderChanges: number;
  readonly readIndexesRefused: number;
  readonly readIndexesTimedOut: number;
  readonly heartbeatsLate: number;
  readonly learnersPromoted: number;
  readonly promotionsFailed: number;
  readonly statesComingIn: number;
  readonly watchRequests: number;
  readonly nodes: number;
  readonly nodesWithTtl: number;
  readonly recursiveGetsSuccess: number;
  readonly recursiveGetsFail: number;
}

export interface PeerReadings {
  readonly id: string;
  readonly connected: boolean;
  readonly clockDifferenceMs: number | undefined;
  readonly queuedBytes: number;
  readonly sentBytes: number;
  readonly receivedBytes: number;
  readonly sentFailures: number;
  readonly receivedFailures: number;
  readonly disconnects: number;
}

export interface FollowerReadings {
  readonly id: string;
  readonly successCount: number;
  readonly failCount: number;
}

export interface EngineReadings {
  readonly tableBytes: number;
  readonly liveBytes: number;
  readonly memtableBytes: number;
  readonly pendingCompactionBytes: number;
  readonly runningCompactions: number;
  readonly runningFlushes: number;
  readonly level0Files: number;
  readonly blockCacheBytes: number;
  readonly writesStopped: boolean;
}

export interface Readings {
  readonly id: string;
  readonly serverVersion: string;
  readonly programVersion: string;
  /** `2.3.0`, or `not_decided`. */
  readonly clusterVersion: string;
  readonly raft: RaftReadings;
  readonly ready: boolean;
  readonly stateMismatches: number;
  readonly quota: { readonly bytes: number; readonly usedBytes: number; readonly alarm: boolean };
  readonly traffic: { readonly sendAppendRequestCnt: number; readonly recvAppendRequestCnt: number };
  readonly store: StoreReadings;
  readonly report: ReportReadings;
  readonly peers: readonly PeerReadings[];
  readonly followers: readonly FollowerReadings[];
  /** Undefined when the store has been closed. */
  readonly engine: EngineReadings | undefined;
  /** Undefined until it was measured for the first time. */
  readonly disk: { readonly usedBytes: number; readonly freeBytes: number } | undefined;
  readonly files: { readonly open: number; readonly limit: number };
  readonly logLinesDropped: number;
  readonly clients: {
    readonly receivedBytes: number;
    readonly sentBytes: number;
    /** Connections that are served, and those that wait for a place. */
    readonly served: number;
    readonly waiting: number;
    readonly limit: number;
    readonly refused: number;
  };
  readonly recorded: Recorders;
}
