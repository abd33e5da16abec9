import type { Raft } from '../raft/raft';
import type { MemberId } from '../raft/types';
import type { Clock } from '../platform/clock';
import type { MemberLogger } from './settings';

/** Notes who leads and since when, and says in the log when that changes. */
export class LeaderObserver {
  /** How often a leader was seen that was not there before. */
  changes = 0;
  private noted: { readonly id: MemberId; readonly sinceMs: number } | undefined;

  constructor(
    private readonly raft: Raft,
    private readonly clock: Pick<Clock, 'now'>,
    private readonly logger: MemberLogger,
  ) {}

  get current(): { readonly id: MemberId; readonly sinceMs: number } | undefined {
    return this.noted;
  }

  /** Cheap enough for every turn. */
  check(): void {
    const { leader, term, id } = this.raft;
    if (leader === this.noted?.id) return;
    this.noted = leader === undefined ? undefined : { id: leader, sinceMs: this.clock.now() };
    if (leader !== undefined) this.changes++;
    if (leader === undefined) this.logger.warn({ term }, 'there is no leader');
    else this.logger.info({ leader, term, self: leader === id }, 'the cluster has a leader');
  }
}
