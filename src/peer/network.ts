import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import type { LogStart, MemberId, Message } from '../raft/types';
import { acceptStream } from './acceptor';
import type { PeerContext } from './context';
import { contextOf } from './context';
import type { AppendTraffic } from './peer';
import { Peer } from './peer';
import { Doors } from './doors';
import { receiveSnapshot, refuseSnapshot } from './snapshot/receiveSnapshot';
import { sendSnapshot } from './snapshot/sendSnapshot';
import { SnapshotError } from './snapshot/snapshotError';
import { RateWindow } from './traffic';
import type { NetworkStatus, PeerAddress, PeerCallbacks, PeerNetworkOptions } from './types';
import { VoterMajority } from './voterMajority';
import { Vouching } from './vouching';

/** Members that others vouch for; more than a cluster has. */
const VOUCHED_MAX = 16;
/** How long this member may take to learn of them itself. */
const VOUCHED_MS = 60_000;

/**
 * The links to all other members. Each member dials every other and sends on the stream it dialed; it receives on the streams
 * it accepted. Nothing is promised about messages: they may be lost, but those that arrive are whole and, as long as a stream
 * lasts, in order; only that messages without entries pass those that have some.
 */
export class PeerNetwork {
  private readonly context: PeerContext;
  private readonly callbacks: Omit<PeerCallbacks, 'onRemoved' | 'onTooOld'>;
  private readonly onRemoved: () => void;
  private readonly onTooOld: ((levelInForce: number) => void) | undefined;
  private readonly traffic: AppendTraffic = { sent: new RateWindow(), received: new RateWindow() };
  private readonly peers = new Map<MemberId, Peer>();
  private readonly removed = new Set<MemberId>();
  /** Members that this member's own state does not list yet, and when another one was seen to list them. */
  private readonly vouched = new Map<MemberId, number>();
  private readonly vouching: Vouching;
  private readonly doors: Doors;
  private readonly outgoing = new Map<MemberId, AbortController>();
  /** At most one: the receiver has one place to put it. */
  private incoming: { readonly from: MemberId; readonly socket: Duplex; readonly done: Promise<void> } | undefined;
  private readonly closing = new Set<Promise<void>>();
  private readonly removal = new VoterMajority();
  private readonly tooOld = new VoterMajority();
  private removedTold = false;
  private tooOldTold = false;
  private stopped = false;

  constructor(options: PeerNetworkOptions) {
    this.context = contextOf(options);
    this.doors = options.doors ?? new Doors(this.context.clock);
    this.vouching = new Vouching(
      this.context,
      () => [...this.peers.values()].map(({ address }) => address),
      options.joinUrls ?? [],
      (address) => {
        this.takeIn(address);
      },
    );
    const { onMessages, onForward, onSnapshot, onUnreachable, onReachable, onGone, expectsStateFrom } = options;
    this.callbacks = { onMessages, onForward, onSnapshot, onUnreachable, onReachable, onGone, expectsStateFrom };
    this.onRemoved = options.onRemoved;
    this.onTooOld = options.onTooOld;
  }

  /** All members other than this one; this one may be in the list. Those that are missing are no longer spoken to. */
  setPeers(addresses: readonly PeerAddress[]): void {
    if (this.stopped) return;
    const others = addresses.filter(({ id }) => id !== this.context.identity.id);
    const voters = others.filter(({ voter }) => voter !== false).map(({ id }) => id);
    this.removal.setVoters(voters);
    this.tooOld.setVoters(voters);
    const wanted = new Set(addresses.map(({ id }) => id));
    this.forgetVouched(wanted);
    for (const id of [...this.peers.keys()]) if (!wanted.has(id) && !this.vouched.has(id)) this.drop(id);
    for (const { id, urls } of others) {
      this.removed.delete(id);
      const known = this.peers.get(id);
      if (known !== undefined) known.setUrls(urls);
      else this.add(id, urls);
    }
    this.countRemovalVotes();
  }

  /**
   * A member was removed from the cluster: it is no longer spoken to, after what is queued for it has left, and is told so when
   * it calls. Also for members that were removed before this one was started.
   */
  remove(id: MemberId): void {
    this.removed.add(id);
    this.vouched.delete(id);
    this.drop(id);
  }

  /** Messages to strangers are dropped, like those to peers that cannot be reached. */
  send(messages: readonly Message[]): void {
    for (const message of messages) this.peers.get(message.to)?.send(message);
  }

  /**
   * Hands a request to another member, its pieces one behind the other; false if there is no link to it now, or too much is waiting
   * for it. Long pieces are not copied, and must not change any more.
   */
  forward(to: MemberId, request: readonly Uint8Array[]): boolean {
    return this.peers.get(to)?.forward(request) ?? false;
  }

  /** What a peer said was wrong: its stream is closed, with `reason` in the log. It may dial again. */
  cutOff(from: MemberId, reason: string): void {
    this.peers.get(from)?.cutOff(reason);
  }

  /** For the HTTP server of the peer port: each connection that it accepts. */
  readonly handleConnection = (socket: Duplex): void => {
    this.doors.arrived(socket);
  };

  /** For the HTTP server of the peer port: who may have a long answer there was let in, and takes its time. */
  readonly handleGranted = (socket: Duplex): void => {
    this.doors.known(socket);
  };

  /** For the HTTP server of the peer port. */
  readonly handleUpgrade = (request: IncomingMessage, socket: Duplex, head: Buffer): void => {
    if (this.stopped) {
      socket.on('error', () => undefined);
      socket.destroy();
      return;
    }
    const membership = {
      isPeer: (id: MemberId): boolean => this.peers.has(id),
      isRemoved: (id: MemberId): boolean => this.removed.has(id),
      hasRoom: (id: MemberId): boolean => this.peers.get(id)?.hasRoom === true,
    };
    const accepted = acceptStream(this.context, membership, request, socket, (id) => {
      this.vouching.called(id);
    });
    const peer = accepted === undefined ? undefined : this.peers.get(accepted.from);
    if (accepted === undefined || peer === undefined) return;
    switch (accepted.protocol) {
      case 'cairn-raft/1':
        peer.accepted(accepted.nonce, socket, head);
        return;
      case 'cairn-snapshot/1':
        peer.park(accepted.nonce, socket, () => {
          this.receive(accepted.from, socket, head);
        });
        return;
    }
  };

  /**
   * Streams the state up to `start` to a peer, one transfer per peer at a time; each chunk is one frame (at most 40 MiB).
   * Resolves when the peer took all of it; rejects with SnapshotError, or with what `chunks` threw.
   */
  async sendSnapshot(to: MemberId, start: LogStart, chunks: AsyncIterable<Uint8Array>): Promise<void> {
    const peer = this.peers.get(to);
    if (peer === undefined) throw new SnapshotError(`${to} is no peer`);
    if (this.outgoing.has(to)) throw new SnapshotError(`a snapshot is on its way to ${to} already`);
    const controller = new AbortController();
    this.outgoing.set(to, controller);
    const { nonce, closed } = peer.openingSnapshot();
    try {
      await sendSnapshot(this.context, peer.address, start, chunks, controller.signal, nonce);
    } finally {
      closed();
      this.outgoing.delete(to);
    }
  }

  status(): NetworkStatus {
    const nowMs = this.context.monotonicMs();
    const sent = this.traffic.sent.rates(nowMs);
    const received = this.traffic.received.rates(nowMs);
    const peers = [...this.peers.values()];
    return {
      peers: peers.map((peer) => ({ ...peer.status(), saysRemoved: this.removal.isSaidAt(peer.id) })),
      followers: peers.map((peer) => peer.latencyStatus()),
      traffic: {
        recvAppendRequestCnt: this.traffic.received.count,
        sendAppendRequestCnt: this.traffic.sent.count,
        recvPkgRate: received.packages,
        recvBandwidthRate: received.bytes,
        sendPkgRate: sent.packages,
        sendBandwidthRate: sent.bytes,
      },
    };
  }

  /** Sends what is queued, within a second, cuts snapshots, and resolves when every connection is closed. Idempotent. */
  async stop(): Promise<void> {
    this.stopped = true;
    for (const id of [...this.peers.keys()]) this.drop(id);
    await Promise.all(this.closing);
    await this.incoming?.done;
  }

  /** A member that this one has not heard of, on the list of one that it knows: a peer until `setPeers` has caught up. */
  private takeIn(address: PeerAddress): void {
    const { id, urls } = address;
    const isNew = !this.peers.has(id) && !this.removed.has(id) && id !== this.context.identity.id;
    if (this.stopped || !isNew || this.vouched.size >= VOUCHED_MAX) return;
    this.vouched.set(id, this.context.monotonicMs());
    this.add(id, urls);
  }

  /** Those that are on the own list now, and those that did not come to be for long. */
  private forgetVouched(listed: ReadonlySet<MemberId>): void {
    const nowMs = this.context.monotonicMs();
    for (const [id, atMs] of this.vouched) {
      if (listed.has(id) || nowMs - atMs > VOUCHED_MS) this.vouched.delete(id);
    }
  }

  private add(id: MemberId, urls: readonly string[]): Peer {
    const events = {
      onRemoved: (at: MemberId, saidBy: MemberId | undefined): void => {
        this.removal.said(at, saidBy);
        this.countRemovalVotes();
      },
      onLevel: (at: MemberId, levelInForce: number, saidBy: MemberId): void => {
        const { known } = this.context.identity.levels();
        this.tooOld.said(at, levelInForce > known ? saidBy : undefined);
        if (this.tooOldTold || this.stopped || !this.tooOld.isDecided) return;
        this.tooOldTold = true;
        this.onTooOld?.(levelInForce);
      },
      onKnown: (socket: Duplex): void => {
        this.doors.known(socket);
      },
    };
    const peer = new Peer(id, urls, this.context, this.callbacks, events, this.traffic);
    this.peers.set(id, peer);
    return peer;
  }

  private countRemovalVotes(): void {
    if (this.removedTold || this.stopped || !this.removal.isDecided) return;
    this.removedTold = true;
    this.onRemoved();
  }

  private drop(id: MemberId): void {
    this.outgoing.get(id)?.abort();
    if (this.incoming?.from === id) this.incoming.socket.destroy();
    const peer = this.peers.get(id);
    if (peer === undefined) return;
    this.peers.delete(id);
    const closed = peer.close().finally(() => this.closing.delete(closed));
    this.closing.add(closed);
  }

  private receive(from: MemberId, socket: Duplex, head: Buffer): void {
    const { onSnapshot, expectsStateFrom } = this.callbacks;
    const isExpected = (id: MemberId): boolean => expectsStateFrom?.(id) !== false;
    if (!isExpected(from)) {
      this.context.log.write('warn', 'snapshot', from, `refused a snapshot from ${from}: it is not the leader`);
      void refuseSnapshot(this.context, socket, `${from} is not the leader that this member follows`);
      return;
    }
    // Whoever led before may still be at it, but does not hold the only place against the leader of this term.
    if (this.incoming !== undefined && !isExpected(this.incoming.from)) this.incoming.socket.destroy();
    if (this.incoming !== undefined) {
      void refuseSnapshot(this.context, socket, `a snapshot from ${this.incoming.from} is coming in`);
      return;
    }
    const done = receiveSnapshot(this.context, from, socket, head, (start, chunks) =>
      onSnapshot(from, start, chunks),
    ).finally(() => {
      this.incoming = undefined;
    });
    this.incoming = { from, socket, done };
  }
}
