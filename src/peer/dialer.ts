import type { Duplex } from 'node:stream';
import { BackOff } from '../platform/backOff';
import type { PeerContext } from './context';
import type { DialOutcome, RefusalFacts } from './dial';
import { dialPeer } from './dial';
import type { Cancel } from '../platform/clock';
import { foundationDiffers, isMemberId, STREAMS, type StreamProtocol, tooOld } from './handshake';
import {
  clusterMismatchText,
  foundationText,
  levelText,
  memberMismatchText,
  removedByText,
  versionText,
} from './refusals';

const PROTOCOL: StreamProtocol = 'cairn-raft/1';
const HURRY_INTERVAL_MS = 100;
const PAUSES = { firstMs: 100, longestMs: 2000 };

export interface DialerEvents {
  readonly onConnected: (socket: Duplex, head: Buffer) => void;
  /** Nobody listens at any of the peer's URLs. Called after each round of attempts. */
  readonly onNobodyThere: () => void;
  /** Who answers where the peer listens says that this member was removed; undefined: the peer speaks to it after all. */
  readonly onRemoved: (saidBy: string | undefined) => void;
  /** Who answers where the peer listens refused, or took in, this member, and says that this feature level is in force. */
  readonly onLevel: (levelInForce: number, saidBy: string) => void;
}

type State = 'stopped' | 'dialing' | 'waiting' | 'connected';

/**
 * Keeps trying to reach one peer: its URLs in turn, then a pause that grows. Stands still while a connection is up.
 */
export class Dialer {
  private readonly backOff: BackOff;
  private state: State = 'stopped';
  private position = 0;
  private attempt = new AbortController();
  private nonce = '';
  private dialedMs = -Infinity;
  private firstDialedMs: number | undefined;
  /** There was a stream, of this or an earlier attempt. */
  private wasReached = false;
  private cancelWait: Cancel | undefined;
  /** The connection carried something. */
  private good = false;
  /** Attempts in a row that found the port closed. */
  private closedPorts = 0;
  /** Waiting is worth cutting short if the peer was not there or did not know this member yet, not if it refused. */
  private mayHurry = false;

  constructor(
    private readonly id: string,
    private urls: readonly string[],
    private readonly context: PeerContext,
    private readonly events: DialerEvents,
  ) {
    this.backOff = new BackOff(PAUSES, context.random);
  }

  /** Takes effect with the next attempt. */
  setUrls(urls: readonly string[]): void {
    this.urls = urls;
  }

  /**
   * Dials now; also to be called when the connection is lost. One that never was good is followed by a pause: it may well be
   * lost again at once.
   */
  start(): void {
    const isRetry = this.state === 'connected' && !this.good;
    this.good = false;
    if (isRetry) this.wait(this.backOff.nextMs(), true);
    else this.dial();
  }

  stop(): void {
    this.state = 'stopped';
    this.cancelWait?.();
    this.attempt.abort();
  }

  /** Whether this member opened, or is opening, the stream with this nonce. */
  owns(nonce: string): boolean {
    return nonce === this.nonce && (this.state === 'dialing' || this.state === 'connected');
  }

  /** The connection proved good: if it is lost, the peer is dialed at once, and the pause after that is a short one again. */
  proven(): void {
    this.good = true;
    this.backOff.reset();
  }

  /**
   * Somebody says that he is the peer: no reason to wait on, but it may be said again and again, and by anybody, so that there
   * is a tenth of a second between two attempts all the same.
   */
  hurry(): void {
    if (this.state !== 'waiting' || !this.mayHurry) return;
    this.cancelWait?.();
    const sinceMs = this.context.monotonicMs() - this.dialedMs;
    if (sinceMs >= HURRY_INTERVAL_MS) this.dial();
    else this.wait(HURRY_INTERVAL_MS - sinceMs, false);
  }

  private dial(): void {
    this.state = 'dialing';
    this.attempt = new AbortController();
    this.nonce = this.context.nonce();
    this.dialedMs = this.context.monotonicMs();
    this.firstDialedMs ??= this.dialedMs;
    const url = this.urls[this.position % Math.max(1, this.urls.length)] ?? '';
    const target = { id: this.id, url, protocol: PROTOCOL, nonce: this.nonce };
    void dialPeer(this.context, target, this.attempt.signal).then((outcome) => {
      this.ended(outcome);
    });
  }

  private ended(outcome: DialOutcome): void {
    if (this.state !== 'dialing') {
      if (outcome.kind === 'connected') outcome.socket.destroy();
      return;
    }
    if (outcome.kind === 'connected') {
      this.state = 'connected';
      this.closedPorts = 0;
      this.wasReached = true;
      this.events.onRemoved(undefined);
      this.events.onLevel(this.context.identity.levels().inForce, this.id);
      this.events.onConnected(outcome.socket, outcome.head);
      return;
    }
    this.explain(outcome);
    this.closedPorts = outcome.kind === 'failed' && outcome.nobodyListens ? this.closedPorts + 1 : 0;
    if (this.closedPorts > 0 && this.closedPorts >= this.urls.length) this.events.onNobodyThere();
    this.position += 1;
    const anotherUrl = this.position % Math.max(1, this.urls.length) !== 0;
    if (anotherUrl) this.dial();
    else if (outcome.kind === 'failed') this.wait(this.backOff.nextMs(), true);
    else if (outcome.status === 503) this.wait(this.backOff.nextMs(), true);
    else this.wait(this.backOff.longestMs(), outcome.status === 404);
  }

  private wait(delayMs: number, mayHurry: boolean): void {
    this.state = 'waiting';
    this.mayHurry = mayHurry;
    this.cancelWait = this.context.clock.after(delayMs, () => {
      this.dial();
    });
  }

  /** Members start one after the other: that one is not there yet is as it should be, for a time. */
  private mayStartYet({ nobodyListens, isUnknownHost }: Extract<DialOutcome, { kind: 'failed' }>): boolean {
    const { monotonicMs, limits } = this.context;
    const sinceMs = monotonicMs() - (this.firstDialedMs ?? -Infinity);
    return (nobodyListens || isUnknownHost) && !this.wasReached && sinceMs < limits.startingMs;
  }

  /**
   * A 410 of another member of this cluster, about this member, in answer to this very request. Any other is no news at all. It
   * may be of another id than was dialed: see voterMajority.ts.
   */
  private isRemoval(status: number, answer: RefusalFacts): boolean {
    const { identity } = this.context;
    const isOfMember = isMemberId(answer.id) && answer.id !== identity.id && answer.clusterId === identity.clusterId;
    return status === 410 && isOfMember && answer.removed === identity.id && answer.nonce === this.nonce;
  }

  private explain(outcome: Exclude<DialOutcome, { kind: 'connected' }>): void {
    const { id } = this;
    const { log, identity } = this.context;
    if (outcome.kind === 'failed') {
      if (this.mayStartYet(outcome)) {
        log.write('info', 'starting', id, `peer ${id} does not listen yet (${outcome.reason})`);
        return;
      }
      // A limit of its own: that nobody listened a moment ago must not hide that a certificate is refused now.
      const [level, kind] = outcome.isTls ? (['error', 'tls'] as const) : (['warn', 'dial'] as const);
      log.write(level, kind, id, dialFailureText(id, PROTOCOL, outcome.reason));
      return;
    }
    const { status, text, answer } = outcome;
    if (this.isRemoval(status, answer)) {
      log.write('warn', 'removed', id, removedByText(id, answer.id));
      this.events.onRemoved(answer.id);
    } else if (status === 412 && answer.clusterId !== identity.clusterId) {
      log.write('error', 'clusterMismatch', id, clusterMismatchText(id, answer.clusterId, identity));
    } else if (status === 412 && answer.id !== id) {
      log.write('error', 'memberMismatch', id, memberMismatchText(id, answer.id, id));
      // The successor of a member that was replaced looks at the ids first, and its level is as good a word as another's.
      if (isMemberId(answer.id)) this.events.onLevel(answer.levels.inForce, answer.id);
    } else if (status === 412 && foundationDiffers(identity, answer.foundation)) {
      log.write('error', 'foundationMismatch', id, foundationText(id, answer.foundation, identity));
    } else if (status === 412 && tooOld(identity.levels(), answer.levels) !== undefined) {
      log.write('error', 'level', id, levelText(id, answer.levels, identity));
      this.events.onLevel(answer.levels.inForce, answer.id);
    } else if (status === 412) {
      log.write('error', 'version', id, versionText(id, answer.version, identity));
    } else if (status === 503 && answer.clusterId === '') {
      // Its port is open before it is a member: as members start, one after the other, that is as it should be.
      log.write('info', 'starting', id, `peer ${id} is starting and takes no streams yet (${text})`);
    } else {
      const level = status === 426 || status === 505 ? 'error' : 'warn';
      log.write(level, 'dial', id, dialFailureText(id, PROTOCOL, `${status} ${text}`));
    }
  }
}

/** The words of etcd 2.3 (document 002). */
export function dialFailureText(id: string, protocol: StreamProtocol, reason: string): string {
  return `failed to dial ${id} on stream ${STREAMS[protocol].name} (${reason})`;
}
