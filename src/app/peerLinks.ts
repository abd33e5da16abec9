import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import { API_VERSION } from '../api/version';
import { FeatureLevelError } from '../machine/features';
import type { LocalMember } from '../member/localMember';
import type { Dial } from '../platform/dial';
import { RealClock } from '../platform/realClock';
import type { Transport } from '../member/transport';
import type { PeerReport } from '../member/types';
import { QUEUE_BYTES_MAX } from '../peer/context';
import { Doors } from '../peer/doors';
import { PeerNetwork } from '../peer/network';
import type { NetworkStatus, PeerAddress } from '../peer/types';
import type { PeerObserver } from '../peer/observer';
import type { LogStart, MemberId, Message } from '../raft/types';
import type { MemberLog } from './memberNames';

/** Members older than this speak another protocol. */
const MIN_CLUSTER_VERSION = '2.3.0';

/** Of links that are not there (yet). */
export const QUIET: NetworkStatus = {
  peers: [],
  traffic: {
    recvAppendRequestCnt: 0,
    sendAppendRequestCnt: 0,
    recvPkgRate: 0,
    recvBandwidthRate: 0,
    sendPkgRate: 0,
    sendBandwidthRate: 0,
  },
  followers: [],
};

/** Told how the links do. Each method that begins something returns a function that is called once, when it has ended. */
export interface LinksObserver extends PeerObserver {
  sendingState(to: MemberId): (ok: boolean) => void;
  receivingState(from: MemberId): (ok: boolean) => void;
}

/** Ties a member and its links together: each needs the other, so the links begin once the member is there. */
export class PeerLinks implements Transport {
  private network: PeerNetwork | undefined;

  constructor(
    private readonly logger: MemberLog,
    private readonly electionTimeoutMs: number,
    private readonly observer: LinksObserver,
    /** The cluster is at a feature level that this program cannot read: this member must not go on. */
    private readonly onTooOld: (error: FeatureLevelError) => void,
    /** Peer URLs that the operator gave. */
    private readonly joinUrls: readonly string[] = [],
    /** Bytes that may wait for one other member. */
    private readonly queueBytesMax = QUEUE_BYTES_MAX,
    private readonly dial?: Dial,
    /** Bounds those who come, also before there is a member for whom they could be. */
    private readonly doors = new Doors(new RealClock()),
  ) {}

  connect({ id, clusterId, foundation, peerSide: member }: LocalMember): void {
    this.network = new PeerNetwork({
      ...{ id, clusterId, foundation },
      serverVersion: API_VERSION,
      minClusterVersion: MIN_CLUSTER_VERSION,
      levels: () => ({ known: member.knownLevel, inForce: member.level }),
      electionTimeoutMs: this.electionTimeoutMs,
      queueBytesMax: this.queueBytesMax,
      joinUrls: this.joinUrls,
      doors: this.doors,
      ...(this.dial === undefined ? {} : { dial: this.dial }),
      clock: new RealClock(),
      random: Math.random,
      logger: this.logger,
      observer: this.observer,
      onMessages: (messages) => {
        member.received(messages);
      },
      onForward: (from, request) => {
        member.requested(from, request);
      },
      expectsStateFrom: (from) => member.expectsStateFrom(from),
      onSnapshot: (from, start, chunks) =>
        observed(member.receivedState(start, chunks), this.observer.receivingState(from)),
      onUnreachable: (peer) => {
        member.unreachable(peer);
      },
      onReachable: (peer) => {
        member.reachable(peer);
      },
      onGone: (peer) => {
        member.gone(peer);
      },
      onRemoved: () => {
        member.wasRemoved();
      },
      onTooOld: (levelInForce) => {
        this.onTooOld(new FeatureLevelError('cluster', levelInForce, member.knownLevel));
      },
    });
  }

  readonly handleUpgrade = (request: IncomingMessage, socket: Duplex, head: Buffer): void => {
    if (this.network === undefined) socket.destroy();
    else this.network.handleUpgrade(request, socket, head);
  };

  /** Each connection that the peer port accepts. */
  readonly handleConnection = (socket: Duplex): void => {
    this.doors.arrived(socket);
  };

  /** One of them is given a long answer. */
  readonly handleGranted = (socket: Duplex): void => {
    this.network?.handleGranted(socket);
  };

  report(): PeerReport {
    return this.status();
  }

  status(): NetworkStatus {
    return this.network?.status() ?? QUIET;
  }

  send(messages: readonly Message[]): void {
    this.network?.send(messages);
  }

  forward(to: MemberId, request: readonly Uint8Array[]): boolean {
    return this.network?.forward(to, request) ?? false;
  }

  async sendSnapshot(to: MemberId, start: LogStart, chunks: AsyncIterable<Uint8Array>): Promise<void> {
    if (this.network === undefined) return;
    await observed(this.network.sendSnapshot(to, start, chunks), this.observer.sendingState(to));
  }

  cutOff(from: MemberId, reason: string): void {
    this.network?.cutOff(from, reason);
  }

  setPeers(peers: readonly PeerAddress[]): void {
    this.network?.setPeers(peers);
  }

  remove(id: MemberId): void {
    this.network?.remove(id);
  }

  async stop(): Promise<void> {
    await this.network?.stop();
  }
}

async function observed(transfer: Promise<void>, ended: (ok: boolean) => void): Promise<void> {
  try {
    await transfer;
  } catch (error) {
    ended(false);
    throw error;
  }
  ended(true);
}
