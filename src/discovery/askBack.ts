/** Asks a founder at its own peer URL whether it is the one that asked. */

/** What a data directory says of itself to whoever asks, and what is claimed of it. */
export interface FounderName {
  readonly clusterId: string;
  readonly memberId: string;
  readonly incarnation: string;
}

/** Asks whoever is behind a peer URL who it is; rejects if it does not answer within a short time. */
export type AskName = (peerURL: string) => Promise<FounderName>;

/**
 * One question at a time for each founder, however many claim to be it: what comes back is what the founder says itself, so it is
 * compared with every claim that waits for it.
 */
export class AskBack {
  private readonly asked = new Map<string, Promise<string | undefined>>();

  constructor(private readonly ask: AskName) {}

  /** Never rejects: a founder that cannot be asked does not confirm. */
  async confirms(claim: FounderName, peerURLs: readonly string[]): Promise<boolean> {
    const { memberId } = claim;
    const running = this.asked.get(memberId);
    if (running !== undefined) return (await running) === claim.incarnation;
    const asking = this.incarnationAt(claim, peerURLs);
    this.asked.set(memberId, asking);
    const incarnation = await asking;
    this.asked.delete(memberId);
    return incarnation === claim.incarnation;
  }

  /** What the first of the URLs says that answers as this founder; undefined: none does. */
  private incarnationAt(
    { clusterId, memberId }: FounderName,
    peerURLs: readonly string[],
  ): Promise<string | undefined> {
    const answers = peerURLs.map(async (url) => {
      const name = await this.ask(url);
      if (name.clusterId === clusterId && name.memberId === memberId) return name.incarnation;
      throw new Error(`${url} is not member ${memberId}`);
    });
    return Promise.any(answers).catch(() => undefined);
  }
}
