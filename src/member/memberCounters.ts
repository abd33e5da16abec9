import type { Raft } from '../raft/raft';

/** What a member counts about itself, since it was started, beyond what the v2 API shows. */
export interface MemberReport {
  /** Commands and membership changes that are not answered yet. */
  readonly proposalsPending: number;
  /** Commands whose caller got an error instead of an answer. */
  readonly proposalsFailed: number;
  readonly leaderChanges: number;
  /** Rounds for an index to read at that had to be asked again. */
  readonly readIndexesRefused: number;
  /** Linearizable reads that ran out of time. */
  readonly readIndexesTimedOut: number;
  /** Heartbeats that this member, leading, was ready to send more than one interval late. */
  readonly heartbeatsLate: number;
  readonly learnersPromoted: number;
  readonly promotionsFailed: number;
  /** States of the leader that are coming in. */
  readonly statesComingIn: number;
  readonly watchRequests: number;
  /** Keys and directories, without the root. */
  readonly nodes: number;
  readonly nodesWithTtl: number;
  /** Of the reads that /v2/stats/store counts as gets, those that were recursive. */
  readonly recursiveGetsSuccess: number;
  readonly recursiveGetsFail: number;
  /** In force, as this member has applied it; see machine/features.ts. */
  readonly featureLevel: number;
  /** Up to which this program reads. */
  readonly featureLevelKnown: number;
}

/** Counts that belong to no part of the member alone. */
export class MemberCounters {
  statesComingIn = 0;
  heartbeatsLate = 0;
  private lastTickMs: number | undefined;

  constructor(
    private readonly raft: Raft,
    private readonly heartbeatIntervalMs: number,
  ) {}

  /** A busy process shows here before the followers lose patience. */
  tick(nowMs: number): void {
    const isLate = this.lastTickMs !== undefined && nowMs - this.lastTickMs > 2 * this.heartbeatIntervalMs;
    if (isLate && this.raft.leader === this.raft.id) this.heartbeatsLate++;
    this.lastTickMs = nowMs;
  }

  /** A state comes in until `done` settles, and so does what is returned. */
  async receiving(done: Promise<void>): Promise<void> {
    this.statesComingIn++;
    try {
      await done;
    } finally {
      this.statesComingIn--;
    }
  }
}
