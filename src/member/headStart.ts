import type { Raft } from '../raft/raft';

/** Heartbeat intervals that a leader has, after this member was started, to make itself heard. */
export const PATIENCE_TICKS = 1;

/**
 * A member that was just started and hears of no leader does not sit out a whole election timeout: it has been away, so the
 * time before it came counts too. etcd does the same (--initial-election-tick-advance). Nobody is disturbed by it: where there is a
 * leader after all, the pre-vote is refused (thesis sections 9.6 and 6.2).
 */
export class HeadStart {
  private ticks = 0;

  constructor(
    private readonly raft: Pick<Raft, 'leader' | 'tick'>,
    private readonly electionTicks: number,
  ) {}

  /** Once each heartbeat interval. */
  tick(): void {
    if (this.ticks >= PATIENCE_TICKS) return;
    this.ticks += 1;
    if (this.ticks < PATIENCE_TICKS || this.raft.leader !== undefined) return;
    for (let tick = 1; tick < this.electionTicks; tick++) this.raft.tick();
  }
}
