/** Keeps the list of endpoints up to date by asking the members who they are. */
import type { Endpoints } from './endpoints';
import type { FetchMembers, ProxyLogger } from './environment';

/** As etcd 2.3, which asks every second while it has no endpoint: here also while none answers. */
const EMPTY_INTERVAL_MS = 1000;

/** Part of an interval by which it varies, so that many proxies do not ask at the same moment. */
const JITTER = 0.1;

export interface MembershipOptions {
  /** Where it begins to ask; asked again when nobody else answers. */
  readonly peerUrls: readonly string[];
  /** Undefined: that of the first member that answers. */
  readonly clusterId?: string | undefined;
  readonly refreshIntervalMs: number;
  readonly fetchMembers: FetchMembers;
  /** Which of these client URLs are this proxy's own: nothing is sent there. */
  readonly ownUrls: (urls: readonly string[]) => readonly string[];
  readonly random: () => number;
  /** Of a clock that never goes back. */
  readonly nowMs: () => number;
  readonly logger: ProxyLogger;
}

export class Membership {
  private peerUrls: readonly string[] = [];
  /** No other cluster ever takes its place: a host that was a member may be one of another cluster by now. */
  private clusterId: string | undefined;
  private timer: NodeJS.Timeout | undefined;
  private stopped = false;
  private answered = false;
  /** That nobody answers was said then. */
  private saidAtMs = -Infinity;
  /** This proxy's own among the client URLs of the members, as they were last. */
  private knownOwn = '';

  constructor(
    private readonly endpoints: Endpoints,
    private readonly options: MembershipOptions,
  ) {
    this.clusterId = options.clusterId;
  }

  /** A member answered when one was asked last, by this proxy or for a client. False once it was stopped. */
  get isAnswered(): boolean {
    return this.answered && !this.stopped;
  }

  /** Whether a member answered a client's request, or none did: then it is looked soon whether any is there. */
  heard(isAnswered: boolean): void {
    if (this.answered && !isAnswered && this.timer !== undefined && !this.stopped) this.lookIn(EMPTY_INTERVAL_MS);
    this.answered = isAnswered;
  }

  /** Resolves after the first look, whatever came of it, and goes on looking until it is stopped. */
  async start(): Promise<void> {
    this.timer = undefined;
    this.answered = await this.look();
    if (!this.stopped) this.lookIn(this.answered ? this.options.refreshIntervalMs : EMPTY_INTERVAL_MS);
  }

  stop(): void {
    this.stopped = true;
    clearTimeout(this.timer);
  }

  private lookIn(delayMs: number): void {
    const { refreshIntervalMs, random } = this.options;
    clearTimeout(this.timer);
    this.timer = setTimeout(
      () => {
        void this.start();
      },
      Math.min(delayMs, refreshIntervalMs) * (1 + JITTER * (2 * random() - 1)),
    );
  }

  /** Takes the answer of the first member that gives one; false if there is none. */
  private async look(): Promise<boolean> {
    const { fetchMembers, ownUrls, logger } = this.options;
    const reasons: string[] = [];
    for (const url of new Set([...this.peerUrls, ...this.options.peerUrls])) {
      if (this.stopped) return false;
      try {
        const { clusterId, members } = await fetchMembers(url);
        const expected = this.clusterId ?? clusterId;
        if (clusterId !== expected) throw new Error(`${url} belongs to the cluster ${clusterId}, not to ${expected}`);
        const published = members.flatMap(({ clientURLs }) => clientURLs);
        if (published.length === 0) throw new Error(`${url}: no member has published a client URL`);
        const own = ownUrls(published);
        const clientUrls = published.filter((clientUrl) => !own.includes(clientUrl));
        if (clientUrls.length === 0) throw new Error(`${url}: all client URLs of the members are this proxy's own`);
        this.warnOf(own);
        this.clusterId = clusterId;
        this.peerUrls = members.flatMap(({ peerURLs }) => peerURLs);
        this.saidAtMs = -Infinity;
        if (this.endpoints.replace(clientUrls)) logger.info({ endpoints: clientUrls }, 'proxy: endpoints found');
        return true;
      } catch (error) {
        reasons.push(error instanceof Error ? error.message : String(error));
      }
    }
    this.warnOfSilence(reasons);
    return false;
  }

  /** Once in the time after which they are asked anyway. */
  private warnOfSilence(reasons: readonly string[]): void {
    const { nowMs, refreshIntervalMs, logger } = this.options;
    if (nowMs() - this.saidAtMs < refreshIntervalMs) return;
    this.saidAtMs = nowMs();
    logger.warn({ reasons }, 'proxy: nobody says who the members are; it will be asked again');
  }

  /** Once for as long as they stay the same. */
  private warnOf(own: readonly string[]): void {
    const known = [...own].sort().join(' ');
    if (own.length > 0 && known !== this.knownOwn) {
      this.options.logger.warn(
        { own },
        'proxy: a member advertises an address of this proxy; nothing is forwarded to it',
      );
    }
    this.knownOwn = known;
  }
}
