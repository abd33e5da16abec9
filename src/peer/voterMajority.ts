import type { MemberId } from '../raft/types';

/**
 * Which of the other voters say something about this member that it must not go on after: that it was removed, or that its
 * program is too old. One member, or a host that answers in the place of one, can be wrong or lie: it counts when a majority of
 * the other voters says so. Whenever a member was removed, or the level was raised, there is one, because that was committed by
 * a majority.
 */
export class VoterMajority {
  private voters: ReadonlySet<MemberId> = new Set();
  private readonly saying = new Set<MemberId>();

  /** @param voters the voters besides this member, as far as this member knows */
  setVoters(voters: readonly MemberId[]): void {
    this.voters = new Set(voters);
  }

  /** What a member said last. */
  said(by: MemberId, isSo: boolean): void {
    if (isSo) this.saying.add(by);
    else this.saying.delete(by);
  }

  get isDecided(): boolean {
    const count = [...this.voters].filter((id) => this.saying.has(id)).length;
    return count > this.voters.size / 2;
  }
}
