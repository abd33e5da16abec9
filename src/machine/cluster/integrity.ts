/** What the voters of a checkpoint say, once it is decided. */
export interface Verdict {
  readonly checkpoint: number;
  /** Members whose state is not that of the majority; all of them if there is no majority. */
  readonly odd: readonly string[];
  readonly hasMajority: boolean;
  /** What the majority reported; undefined if there is none. */
  readonly digest: string | undefined;
}

/**
 * Compares the members' states. At a checkpoint, an entry of the log, each member computes the digest of its tree and reports it
 * through the log, so everyone hears all reports in the same order and comes to the same verdict.
 */
export class Integrity {
  private checkpoint = 0;
  private digest = '';
  private voters: readonly string[] = [];
  private readonly reports = new Map<string, string>();
  private pending: Verdict | undefined;
  private doubtedAt = 0;
  private hasMissed = false;

  /**
   * The checkpoint at which all voters differed without a majority that could be believed; 0: none. It lasts until a later
   * comparison says otherwise, or until one voter is left to be believed; stored, so that a restart does not end it.
   */
  get doubt(): number {
    return this.doubtedAt;
  }

  restoreDoubt(checkpoint: number): void {
    this.doubtedAt = checkpoint;
  }

  /** Whoever is alone has nobody to differ from. */
  votersChanged(count: number): void {
    if (count < 2) this.doubtedAt = 0;
  }

  /** The checkpoint that was applied last, and this member's own digest there; undefined before the first. */
  get latest(): { readonly checkpoint: number; readonly digest: string } | undefined {
    return this.checkpoint === 0 ? undefined : { checkpoint: this.checkpoint, digest: this.digest };
  }

  begin(checkpoint: number, digest: string, voters: readonly string[]): void {
    this.checkpoint = checkpoint;
    this.digest = digest;
    this.voters = voters;
    this.reports.clear();
    this.hasMissed = false;
  }

  /** Reports for an older checkpoint, or of someone who does not vote, count for nothing. */
  report(memberId: string, checkpoint: number, digest: string): void {
    if (this.checkpoint === 0) this.hasMissed = true;
    if (checkpoint !== this.checkpoint || !this.voters.includes(memberId)) return;
    this.reports.set(memberId, digest);
    const verdict = this.judge();
    this.pending = verdict ?? this.pending;
    if (verdict?.hasMajority === true || this.allAgree()) this.doubtedAt = 0;
    else if (verdict !== undefined) this.doubtedAt = verdict.checkpoint;
  }

  /** A difference that was found since the last call. */
  takeVerdict(): Verdict | undefined {
    const verdict = this.pending;
    this.pending = undefined;
    return verdict;
  }

  /**
   * Whether there was a report since the last call whose checkpoint this member had applied before it was started: what the others
   * came to by it, a doubt perhaps, it does not know.
   */
  takeMissed(): boolean {
    const { hasMissed } = this;
    this.hasMissed = false;
    return hasMissed;
  }

  private allAgree(): boolean {
    return this.reports.size === this.voters.length && new Set(this.reports.values()).size === 1;
  }

  private judge(): Verdict | undefined {
    if (new Set(this.reports.values()).size < 2) return undefined;
    const majority = Math.floor(this.voters.length / 2) + 1;
    for (const digest of this.reports.values()) {
      const [agreeing, odd] = this.split(digest);
      if (agreeing.length >= majority) return { checkpoint: this.checkpoint, odd, hasMajority: true, digest };
    }
    // A majority may still come together from reports that are on their way.
    if (this.reports.size < this.voters.length) return undefined;
    return { checkpoint: this.checkpoint, odd: [...this.reports.keys()], hasMajority: false, digest: undefined };
  }

  private split(digest: string): [agreeing: string[], odd: string[]] {
    const agreeing: string[] = [];
    const odd: string[] = [];
    for (const [memberId, reported] of this.reports) (reported === digest ? agreeing : odd).push(memberId);
    return [agreeing, odd];
  }
}
