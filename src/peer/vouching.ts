import type { PeerContext } from './context';
import { fetchMembers } from './fetchMembers';
import type { PeerAddress } from './types';

const ASK_TIMEOUT_MS = 2000;
/** However many strangers call, the members are asked no more often. */
const INTERVAL_MS = 1000;
/** Members that are asked in one round. */
const ASKED_MAX = 8;
/** Strangers one round is about: the last that called, and the others call again. All are looked for in the same answers. */
const STRANGERS_MAX = 1024;

/**
 * Finds out about callers this member has not heard of. One that joined while this member was away may even lead by now, and
 * this member may hear of it from nobody else; but whoever calls can say anything. So those that this member does know are
 * asked, where it knows them to listen: who is on the list of one of them is a member. Where none of them answers, because all
 * were replaced or are lost, the operator's word is left: those are asked who listen where he says that members do.
 */
export class Vouching {
  private strangers = new Set<string>();
  private isAsking = false;
  private lastRoundMs = -Infinity;

  /**
   * @param known whom this member knows
   * @param joinUrls peer URLs that the operator gave
   * @param onVouched a caller is a member, at these URLs
   */
  constructor(
    private readonly context: PeerContext,
    private readonly known: () => readonly PeerAddress[],
    private readonly joinUrls: readonly string[],
    private readonly onVouched: (address: PeerAddress) => void,
  ) {}

  /** A stranger called, and was turned away for now. */
  called(id: string): void {
    this.strangers.add(id);
    if (this.strangers.size > STRANGERS_MAX) this.forgetFirst();
    this.askSoon();
  }

  private forgetFirst(): void {
    for (const first of this.strangers) {
      this.strangers.delete(first);
      return;
    }
  }

  /** Begins a round about those who called, unless one is under way: its end begins the next. */
  private askSoon(): void {
    if (this.isAsking || this.strangers.size === 0) return;
    this.isAsking = true;
    const waitMs = this.lastRoundMs + INTERVAL_MS - this.context.monotonicMs();
    if (waitMs > 0) this.context.clock.after(waitMs, this.round);
    else this.round();
  }

  private readonly round = (): void => {
    const { strangers } = this;
    this.strangers = new Set();
    void this.listed().then((listed) => {
      this.isAsking = false;
      this.lastRoundMs = this.context.monotonicMs();
      for (const id of strangers) {
        const address = listed.get(id);
        if (address !== undefined) this.onVouched(address);
      }
      this.askSoon();
    });
  };

  private async listed(): Promise<ReadonlyMap<string, PeerAddress>> {
    const urls = this.known().flatMap((address) => address.urls.slice(0, 1));
    return (await this.ask(urls)) ?? (await this.ask(this.joinUrls)) ?? new Map<string, PeerAddress>();
  }

  /** Whom they list; undefined if no member of this cluster answers. Never rejects. */
  private async ask(urls: readonly string[]): Promise<ReadonlyMap<string, PeerAddress> | undefined> {
    const asked = urls.slice(0, ASKED_MAX).map((url) => fetchMembers(url, ASK_TIMEOUT_MS, this.context.dial));
    const answers = await Promise.allSettled(asked);
    const clusters = answers.flatMap((answer) => (answer.status === 'fulfilled' ? [answer.value] : []));
    const own = clusters.filter(({ clusterId }) => clusterId === this.context.identity.clusterId);
    if (own.length === 0) return undefined;
    const members = own.flatMap((cluster) => cluster.members);
    return new Map(members.map(({ id, peerURLs }) => [id, { id, urls: peerURLs }]));
  }
}
