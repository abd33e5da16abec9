/**
 * What a leader knows of one follower, and whether it may send it entries now.
 *
 * - `probe`: where the logs agree is unknown; one message at a time.
 * - `replicate`: they agree; messages follow each other without waiting, up to the limits (thesis section 10.2.1).
 * - `snapshot`: the follower needs what was compacted; the driver streams the state (paper section 7).
 */
import { Inflights } from './inflights';
import type { MemberId, ProgressStatus, RaftOptions } from './types';

export class Progress {
  state: 'probe' | 'replicate' | 'snapshot' = 'probe';
  matchIndex = 0;
  /** Ticks since it was last heard; infinite until it was heard for the first time in this leadership. */
  silentTicks = Number.POSITIVE_INFINITY;
  /** The removal at this index took it out of the configuration; it is only told so. */
  leavingAt: number | undefined;
  leavingTicks = 0;
  private next: number;
  private probeSent = false;
  private commitSent = 0;
  private inflights: Inflights;
  private matchAtHeartbeat = 0;
  private stalled = false;

  constructor(
    readonly id: MemberId,
    public learner: boolean,
    nextIndex: number,
    private readonly limits: Pick<RaftOptions, 'inflightMessagesMax' | 'inflightBytesMax' | 'electionTicks'>,
  ) {
    this.next = nextIndex;
    this.inflights = new Inflights(limits.inflightMessagesMax, limits.inflightBytesMax);
  }

  get nextIndex(): number {
    return this.next;
  }

  /** Whether an append with entries may leave now. */
  get maySend(): boolean {
    switch (this.state) {
      case 'probe':
        return !this.probeSent;
      case 'replicate':
        return !this.inflights.full;
      case 'snapshot':
        return false;
    }
  }

  /** Whether an append must leave even if there are no entries for it: to probe, to look for a loss, to tell of a commit. */
  needsEmptyAppend(commit: number): boolean {
    switch (this.state) {
      case 'probe':
        return !this.probeSent;
      case 'replicate':
        return this.stalled || Math.min(commit, this.next - 1) > this.commitSent;
      case 'snapshot':
        return false;
    }
  }

  /** Something came from it. */
  heard(): void {
    this.silentTicks = 0;
  }

  /** Heard from within an election timeout (thesis section 6.2). */
  get recentlyActive(): boolean {
    return this.silentTicks <= this.limits.electionTicks;
  }

  /** An append up to `lastIndex` with `bytes` of data and the leader's commit index left. */
  sent(lastIndex: number, bytes: number, commit: number): void {
    this.commitSent = Math.max(this.commitSent, Math.min(commit, lastIndex));
    this.stalled = false;
    if (this.state === 'probe') {
      this.probeSent = true;
    } else if (lastIndex >= this.next) {
      this.next = lastIndex + 1;
      this.inflights.add(lastIndex, bytes);
    }
  }

  /** The follower holds everything up to `index`. */
  acknowledged(index: number): void {
    if (index > this.matchIndex) this.matchIndex = index;
    this.next = Math.max(this.next, this.matchIndex + 1);
    if (this.state === 'probe') this.becomeReplicate();
    else this.inflights.freeTo(index);
  }

  /**
   * The follower refused the append after `refused`; its log may agree up to `hint`. False if the answer is older than
   * what is known already. A learner's word can be taken back: one that lost its disk before it was known by name joins again
   * under its id, and nothing was committed because of it. If the answer was only old, it is asked once more.
   */
  refused(refused: number, hint: number): boolean {
    if (this.state === 'snapshot') return false;
    if (refused <= this.matchIndex) {
      if (!this.learner || hint >= this.matchIndex) return false;
      this.matchIndex = hint;
      this.becomeProbe();
      return true;
    }
    if (this.state === 'replicate') {
      this.becomeProbe();
      this.next = Math.max(Math.min(refused, hint + 1), this.matchIndex + 1);
      return true;
    }
    if (this.next - 1 !== refused) return false;
    this.next = Math.max(Math.min(refused, hint + 1), this.matchIndex + 1);
    this.probeSent = false;
    return true;
  }

  /** Whether it holds the entry at `index` and was sent the news that it is committed. */
  knowsCommitOf(index: number): boolean {
    return this.matchIndex >= index && this.commitSent >= index;
  }

  becomeProbe(): void {
    this.state = 'probe';
    this.probeSent = false;
    this.stalled = false;
    this.next = this.matchIndex + 1;
    this.commitSent = Math.min(this.commitSent, this.matchIndex);
    this.inflights.clear();
  }

  becomeReplicate(): void {
    this.state = 'replicate';
    this.next = this.matchIndex + 1;
    this.inflights.clear();
  }

  becomeSnapshot(): void {
    this.state = 'snapshot';
    this.inflights.clear();
  }

  /** The state up to `index` was streamed: go on after it, or after what is known to match if that failed. */
  snapshotFinished(index: number, ok: boolean): void {
    this.becomeProbe();
    if (ok) this.next = Math.max(this.next, index + 1);
    // A failed stream is tried again when the follower shows life, not at once.
    else this.probeSent = true;
  }

  /** A periodic heartbeat leaves. */
  heartbeatSent(): void {
    this.matchAtHeartbeat = this.matchIndex;
  }

  /** An answer to a heartbeat: a probe may be repeated; an append that brought no progress may have been lost. */
  heartbeatAnswered(): void {
    this.probeSent = false;
    if (this.state === 'replicate' && !this.inflights.empty && this.matchIndex === this.matchAtHeartbeat) {
      this.stalled = true;
      this.matchAtHeartbeat = -1;
    }
  }

  status(): ProgressStatus {
    const { id, matchIndex, nextIndex, state, recentlyActive, learner } = this;
    return { id, matchIndex, nextIndex, state, recentlyActive, learner };
  }
}
