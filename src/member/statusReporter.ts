import type { StoreStats } from '../machine/keyspace/stats';
import type { Raft } from '../raft/raft';
import type { MemberId } from '../raft/types';
import type { PendingRequests } from './pendingRequests';
import type { CurrentState } from './currentState';
import type { IntegrityCheck } from './integrityCheck';
import type { LeaderObserver } from './leaderObserver';
import type { LocalReads } from './localReads';
import type { Promoter } from './promoter';
import type { Quota } from './quota';
import { Readiness } from './readiness';
import type { MemberReport, MemberCounters } from './memberCounters';
import type { MemberStatus, PeerReport, StatusSource } from './types';

export interface StatusReporterParts {
  readonly name: string;
  readonly startedAtMs: number;
  readonly raft: Raft;
  readonly state: CurrentState;
  readonly requests: PendingRequests;
  readonly leaderObserver: LeaderObserver;
  readonly integrity: IntegrityCheck;
  readonly promoter: Promoter;
  readonly quota: Quota;
  readonly counters: MemberCounters;
  readonly reads: LocalReads;
  /** What the links say of the other members. */
  readonly peerReport: () => PeerReport;
  readonly isStopping: () => boolean;
}

/** Puts together from the parts of a member what it says of itself. */
export class StatusReporter implements StatusSource {
  readonly id: MemberId;
  readonly name: string;
  private readonly readiness: Readiness;

  constructor(private readonly parts: StatusReporterParts) {
    this.id = parts.raft.id;
    this.name = parts.name;
    this.readiness = new Readiness(parts.raft);
  }

  status(): MemberStatus {
    const { startedAtMs, state, leaderObserver, integrity, quota, peerReport, isStopping } = this.parts;
    const raft = this.parts.raft.status();
    const stopping = isStopping();
    return {
      raft,
      startedAtMs,
      stopping,
      ...peerReport(),
      leader: leaderObserver.current,
      stateMismatches: integrity.mismatches,
      stateInDoubt: state.machine.integrity.doubt !== 0,
      quota: { bytes: quota.bytes, usedBytes: quota.used, alarm: quota.alarm },
      ready: !stopping && this.readiness.isReady(raft),
    };
  }

  storeStats(): StoreStats {
    const { reads, state } = this.parts;
    return { ...reads.gets(), ...state.machine.keySpace.stats() };
  }

  /** What the member counts about itself beyond its status. */
  report(): MemberReport {
    const { requests, leaderObserver, promoter, counters, reads, state } = this.parts;
    const { proposals, changes, reads: barriers } = requests;
    const { keySpace, cluster, knownLevel } = state.machine;
    return {
      proposalsPending: proposals.pending + changes.pending,
      proposalsFailed: proposals.failed,
      leaderChanges: leaderObserver.changes,
      readIndexesRefused: barriers.refused,
      readIndexesTimedOut: barriers.timedOut,
      heartbeatsLate: counters.heartbeatsLate,
      learnersPromoted: promoter.promoted,
      promotionsFailed: promoter.failed,
      statesComingIn: counters.statesComingIn,
      watchRequests: reads.watchRequests,
      nodes: keySpace.tree.size,
      nodesWithTtl: keySpace.tree.expiries.size,
      ...reads.recursiveGets(),
      featureLevel: cluster.level,
      featureLevelKnown: knownLevel,
    };
  }
}
