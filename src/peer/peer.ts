import type { MemberId, Message } from '../raft/types';
import type { PeerContext } from './context';
import { InboundStream } from './inbound';
import { AppendLatency } from './latency';
import { closedText, PeerLink } from './link';
import { Parking } from './parking';
import type { RateWindow } from './traffic';
import type { LatencyStatus, PeerAddress, PeerCallbacks, PeerStatus } from './types';
import type { Duplex } from 'node:stream';

/** Append requests to and from all peers. */
export interface AppendTraffic {
  readonly sent: RateWindow;
  readonly received: RateWindow;
}

/** What a peer tells the network, beyond what the network's owner is told. */
export interface PeerEvents {
  /** Who answers in the place of this peer says that this member was removed; undefined: the peer speaks to it after all. */
  readonly onRemoved: (at: MemberId, saidBy: MemberId | undefined) => void;
  /** What is said in the place of this peer of the level in force: one that this program cannot read, or one that it can. */
  readonly onLevel: (at: MemberId, levelInForce: number, saidBy: MemberId) => void;
  /** This peer confirmed the connection. */
  readonly onKnown: (socket: Duplex) => void;
}

/** One other member: the way there, the way back, and what is counted about both. */
export class Peer {
  readonly latency: AppendLatency;
  readonly link: PeerLink;
  private readonly parking: Parking;
  /** Nonces of the snapshot streams that are being opened to this peer, or are open. */
  private readonly snapshotNonces = new Set<string>();
  private inbound: InboundStream | undefined;
  private urls: readonly string[];
  private unreachable = false;
  private sentBytes = 0;
  private receivedBytes = 0;
  private sentMessages = 0;
  private receivedMessages = 0;
  private sentFailures = 0;
  private receivedFailures = 0;
  private lastActiveMs: number | undefined;

  constructor(
    readonly id: MemberId,
    urls: readonly string[],
    private readonly context: PeerContext,
    private readonly callbacks: Omit<PeerCallbacks, 'onRemoved' | 'onTooOld'>,
    private readonly events: PeerEvents,
    private readonly traffic: AppendTraffic,
  ) {
    this.urls = urls;
    this.latency = new AppendLatency((elapsedMs) => context.observer?.appended(id, elapsedMs));
    this.parking = new Parking(id, context, (nonce) => {
      this.link.ask(nonce);
    });
    this.link = new PeerLink(id, urls, context, {
      onReply: (bytes) => {
        this.heard(bytes);
      },
      onLost: () => {
        this.lost();
      },
      onUsable: () => {
        this.unreachable = false;
      },
      onOpen: () => {
        this.parking.askAll();
      },
      onConfirmed: ({ nonce, isOurs }) => {
        this.parking.answered(nonce, isOurs);
      },
      onConnected: () => {
        this.streamCameUp();
      },
      onNobodyThere: () => {
        // Whoever still sends is alive, wherever it listens now.
        if (this.inbound === undefined) callbacks.onGone(id);
      },
      onRemoved: (saidBy) => {
        events.onRemoved(id, saidBy);
      },
      onLevel: (levelInForce, saidBy) => {
        events.onLevel(id, levelInForce, saidBy);
      },
    });
  }

  get address(): PeerAddress {
    return { id: this.id, urls: this.urls };
  }

  setUrls(urls: readonly string[]): void {
    this.urls = urls;
    this.link.setUrls(urls);
  }

  send(message: Message): void {
    const bytes = this.link.send(message);
    const isAppend = message.type === 'appendRequest';
    if (!this.count(bytes)) {
      if (isAppend) this.latency.dropped();
      return;
    }
    if (!isAppend) return;
    const nowMs = this.context.monotonicMs();
    this.traffic.sent.add(bytes, nowMs);
    const last = message.entries.at(-1);
    if (last !== undefined) this.latency.sent(last.index, nowMs);
  }

  /** False if there is no room or no link. */
  forward(request: readonly Uint8Array[]): boolean {
    return this.count(this.link.forward(request));
  }

  /** Another stream that says it is of this peer may come. */
  get hasRoom(): boolean {
    return this.parking.hasRoom;
  }

  /** Keeps a stream that says it is of this peer until the peer confirms it. */
  park(nonce: string, socket: Duplex, welcome: () => void): void {
    this.link.hurry();
    this.parking.add(nonce, socket, () => {
      this.events.onKnown(socket);
      welcome();
    });
  }

  /** A snapshot stream to this peer is being opened; returns its nonce, and what is to be called when it is closed. */
  openingSnapshot(): { readonly nonce: string; readonly closed: () => void } {
    const nonce = this.context.nonce();
    this.snapshotNonces.add(nonce);
    return { nonce, closed: () => this.snapshotNonces.delete(nonce) };
  }

  /** A stream that says this peer dialed it. Once the peer confirms that, it replaces the one before: the peer gave that up. */
  accepted(nonce: string, socket: Duplex, head: Buffer): void {
    const { log, monotonicMs } = this.context;
    const stream = new InboundStream(this.id, socket, this.context, {
      onMessages: (messages) => {
        this.received(messages);
      },
      onForward: (batch) => {
        this.receivedMessages += 1;
        this.callbacks.onForward(this.id, batch);
      },
      owns: (nonceAsked) => this.link.owns(nonceAsked) || this.snapshotNonces.has(nonceAsked),
      onBytes: (bytes) => {
        if (this.inbound === stream) this.heard(bytes);
      },
      onAppend: (bytes) => {
        this.traffic.received.add(bytes, monotonicMs());
      },
      onClose: () => {
        if (this.inbound !== stream) return;
        this.inbound = undefined;
        this.receivedFailures += 1;
        log.write('warn', 'lostReader', this.id, this.streamText('lost the'));
      },
    });
    this.park(nonce, socket, () => {
      const previous = this.inbound;
      this.inbound = stream;
      previous?.close();
      log.write('info', 'establishedReader', this.id, this.streamText('established a'));
      stream.welcome();
      this.streamCameUp();
    });
    stream.start(head);
  }

  /** Closes the stream that this peer dialed, because of what came on it. */
  cutOff(reason: string): void {
    this.context.log.write('error', 'protocol', this.id, closedText(this.id, reason));
    this.inbound?.close();
  }

  /** Sends what is queued; resolves when both streams are closed. */
  async close(): Promise<void> {
    const { inbound } = this;
    this.inbound = undefined;
    inbound?.close();
    this.parking.closeAll();
    await this.link.close();
  }

  status(): PeerStatus {
    const { id, link, sentBytes, receivedBytes, sentMessages, receivedMessages, lastActiveMs } = this;
    const { roundTripMs, clockDifferenceMs, queuedBytes, isConnected, disconnects } = link;
    return {
      id,
      connected: isConnected,
      accepted: this.inbound !== undefined,
      roundTripMs,
      clockDifferenceMs,
      queuedBytes,
      sentBytes,
      receivedBytes,
      sentMessages,
      receivedMessages,
      sentFailures: this.sentFailures,
      receivedFailures: this.receivedFailures,
      disconnects,
      lastActiveMs,
    };
  }

  latencyStatus(): LatencyStatus {
    return this.latency.status(this.id);
  }

  private count(bytes: number): boolean {
    if (bytes === 0) {
      this.sentFailures += 1;
      return false;
    }
    this.sentMessages += 1;
    this.sentBytes += bytes;
    return true;
  }

  private heard(bytes: number): void {
    if (bytes === 0) return;
    this.receivedBytes += bytes;
    this.lastActiveMs = this.context.clock.now();
  }

  private received(messages: readonly Message[]): void {
    this.receivedMessages += messages.length;
    for (const message of messages) {
      if (message.type !== 'appendResponse') continue;
      if (message.success) this.latency.acknowledged(message.index, this.context.monotonicMs());
      else this.latency.refused();
    }
    this.callbacks.onMessages(messages);
  }

  /** Told after this turn: whoever is sending must not be called back in the middle of it. */
  private lost(): void {
    this.latency.lost();
    if (this.unreachable) return;
    this.unreachable = true;
    process.nextTick(this.callbacks.onUnreachable, this.id);
  }

  /** Told after this turn, when whoever opened the stream has done so. */
  private streamCameUp(): void {
    if (this.link.isConnected && this.inbound !== undefined) process.nextTick(this.callbacks.onReachable, this.id);
  }

  private streamText(what: string): string {
    return `${what} TCP streaming connection with peer ${this.id} (stream Message reader)`;
  }
}
