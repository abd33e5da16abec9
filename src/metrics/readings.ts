/**
 * What is looked up when somebody scrapes, from the same places that answer /v2/stats: a metric and a statistic cannot
 * disagree. Times are milliseconds.
 */
import type { StoreStats } from '../machine/keyspace/stats';
import type { MemberReport } from '../member/memberCounters';
import type { EngineStatistics } from '../storage/engineStatistics';
import type { Recorders } from './recorders';

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
  readonly store: StoreStats;
  readonly report: MemberReport;
  readonly peers: readonly PeerReadings[];
  readonly followers: readonly FollowerReadings[];
  /** Undefined when the store has been closed. */
  readonly engine: EngineStatistics | undefined;
  /** Undefined until it was measured for the first time. */
  readonly disk: { readonly usedBytes: number; readonly freeBytes: number } | undefined;
  readonly files: { readonly open: number; readonly limit: number };
  readonly logLinesDropped: number;
  /** It is no member, and waits for a place. */
  readonly isStandby: boolean;
  /** Of the certificates in use: how long they last. */
  readonly certificates: readonly { readonly listener: string; readonly secondsLeft: number }[];
  /** Of the lists of revoked certificates in use. */
  readonly revocations: readonly { readonly listener: string; readonly secondsLeft: number }[];
  readonly auditLinesDropped: number;
  readonly authEnabled: boolean;
  readonly clients: {
    readonly receivedBytes: number;
    readonly sentBytes: number;
    /** Connections that are served, and those that wait for a place. */
    readonly served: number;
    readonly waiting: number;
    readonly limit: number;
    readonly refused: number;
  };
  /** Clients that wait for a lock at this member, and locks that it gave to clients. */
  readonly locks: { readonly waiting: number; readonly acquired: number };
  readonly recorded: Recorders;
}
