import type { MemberId } from '../raft/types';

/**
 * At whose URLs something is said about this member that it must not go on after: that it was removed, or that its program is too
 * old. One host can be wrong or lie: it counts when a majority of the other voters says so.
 *
 * A voter's word is that of the member of this cluster that answers where the voter listens, under whatever id: this member knows
 * the voters of the time when it was last there, and one that was replaced since, in its place, answers as its successor. Whoever
 * holds a voter's URL can write that voter's id into an answer just as well, so that its id would prove nothing. But a member speaks
 * once, at however many URLs it answers: an address that leads to the wrong host makes no majority of one.
 *
 * Whenever a member was removed, or the level was raised, a majority committed it, so that there is one to say so as long as
 * members are where that majority was. Where voters were replaced at other URLs there may be none, and this member goes on
 * without a leader (docs/clustering.md, "A removed member that comes back"): those it does not know could be anybody.
 */
export class VoterMajority {
  private voters: ReadonlySet<MemberId> = new Set();
  /** Who answered so in the place of which voter. */
  private readonly saying = new Map<MemberId, MemberId>();

  /** @param voters the voters besides this member, as far as this member knows */
  setVoters(voters: readonly MemberId[]): void {
    this.voters = new Set(voters);
  }

  /**
   * What was said last where this member listens.
   *
   * @param answeredBy who said that it is so; undefined: it is not
   */
  said(at: MemberId, answeredBy: MemberId | undefined): void {
    if (answeredBy === undefined) this.saying.delete(at);
    else this.saying.set(at, answeredBy);
  }

  /** Whether it is said there. */
  isSaidAt(id: MemberId): boolean {
    return this.saying.has(id);
  }

  get isDecided(): boolean {
    const speakers = new Set([...this.voters].flatMap((id) => this.saying.get(id) ?? []));
    return speakers.size > this.voters.size / 2;
  }
}
