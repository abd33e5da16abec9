import type { Raft } from '../raft/raft';
import type { MemberId } from '../raft/types';

/** Heartbeat intervals that a leader, or an election, has to make itself heard before this member asks for votes. */
export const PATIENCE_TICKS = 1;

/**
 * A member that was just started and hears of no leader does not sit out an election timeout: it has been away, so the time
 * before it came counts too (etcd: --initial-election-tick-advance). It asks again each heartbeat interval, because those who
 * could vote for it are mostly being started as well. Nobody is disturbed by it: where there is a leader after all, the
 * pre-vote is refused (thesis sections 9.6 and 6.2), and where a term has just begun, its candidate is given time.
 */
export class ElectionKick {
  private readonly termAtStart: number;
  private ticksLeft: number;
  private term: number;
  private quietTicks = 0;

  /** @param electionTicks after so many the ordinary timeout has come anyway */
  constructor(
    private readonly raft: Pick<Raft, 'id' | 'leader' | 'term' | 'campaign'>,
    electionTicks: number,
  ) {
    this.ticksLeft = electionTicks;
    this.term = raft.term;
    this.termAtStart = raft.term;
  }

  /**
   * The links to and from another member came up: if there was no election since the start, there is no reason to wait for the
   * next interval. Only the one with the lower id asks, or the two of them would be in each other's way.
   */
  reachable(id: MemberId): void {
    const { raft } = this;
    if (this.ticksLeft === 0 || raft.leader !== undefined || raft.term !== this.termAtStart) return;
    if (raft.id < id) raft.campaign();
  }

  /** Once each heartbeat interval. */
  tick(): void {
    const { raft } = this;
    if (this.ticksLeft === 0) return;
    this.ticksLeft = raft.leader === undefined ? this.ticksLeft - 1 : 0;
    this.quietTicks = raft.term === this.term ? this.quietTicks + 1 : 0;
    this.term = raft.term;
    if (raft.leader === undefined && this.quietTicks >= PATIENCE_TICKS) raft.campaign();
  }
}
