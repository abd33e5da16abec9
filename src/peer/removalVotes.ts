import type { MemberId } from '../raft/types';

/**
 * Who says that this member was removed. One member, or a host that answers in the place of one, can be wrong or lie: it counts
 * when a majority of the other voters says so. Whenever a member was removed there is one, because the removal was committed by
 * a majority of those that stay.
 */
export class RemovalVotes {
  private voters: ReadonlySet<MemberId> = new Set();
  private readonly saying = new Set<MemberId>();

  /** @param voters the voters besides this member, as far as this member knows */
  setVoters(voters: readonly MemberId[]): void {
    this.voters = new Set(voters);
  }

  /** What a member said last. */
  said(by: MemberId, removed: boolean): void {
    if (removed) this.saying.add(by);
    else this.saying.delete(by);
  }

  get isDecided(): boolean {
    const count = [...this.voters].filter((id) => this.saying.has(id)).length;
    return count > this.voters.size / 2;
  }
}
