/** The public face of the links: what they are given, whom they call, what they report. */
import type { LogStart, MemberId, Message } from '../raft/types';
import type { Levels } from './context';
import type { Doors } from './doors';
import type { Dial } from '../platform/dial';
import type { Random } from '../platform/clock';
import type { PeerClock, PeerLogger } from './environment';
import type { PeerObserver } from './observer';

/** A member and where it listens for the others. */
export interface PeerAddress {
  readonly id: MemberId;
  /** Tried in turn. */
  readonly urls: readonly string[];
  /** It has a vote: what is said where it listens about this member's removal counts. Default: true. */
  readonly voter?: boolean;
}

/** Whom the links call. None may throw: an exception ends the process. */
export interface PeerCallbacks {
  /** Messages of one peer that arrived together, in the order they were sent; entry data may be kept. */
  readonly onMessages: (messages: readonly Message[]) => void;
  /** Commands that a follower wants proposed here. */
  readonly onForward: (from: MemberId, batch: Uint8Array) => void;
  /** Whether a state may come from this member now: it has to be the leader that this member follows. Default: from any. */
  readonly expectsStateFrom?: ((from: MemberId) => boolean) | undefined;
  /**
   * A snapshot comes in. Resolving tells the sender that it was taken, rejecting that it was not; `chunks` throws if the
   * stream breaks, and must be read to its end before resolving.
   */
  readonly onSnapshot: (from: MemberId, start: LogStart, chunks: AsyncIterable<Uint8Array>) => Promise<void>;
  /** Messages to this peer were lost; called once until messages reach it again. */
  readonly onUnreachable: (id: MemberId) => void;
  /** The streams to and from this peer are both up; called each time they come to be. */
  readonly onReachable: (id: MemberId) => void;
  /** The process of this peer seems to have ended: its connections are gone and nobody listens at its URLs. May be repeated. */
  readonly onGone: (id: MemberId) => void;
  /** A majority of the other voters says that this member was removed; called once. */
  readonly onRemoved: () => void;
  /** A majority of the other voters is at a feature level that this member's program cannot read; called once. */
  readonly onTooOld?: ((levelInForce: number) => void) | undefined;
}

export interface PeerNetworkOptions extends PeerCallbacks {
  readonly id: MemberId;
  readonly clusterId: string;
  /** Digest of the first state, if this member founded the cluster: founders with different ones refuse each other. */
  readonly foundation?: string | undefined;
  /** `major.minor.patch` of this member, and the lowest it gets along with. */
  readonly serverVersion: string;
  readonly minClusterVersion: string;
  /** The feature level up to which this member reads, and the one in force as it knows it; default: the first. */
  readonly levels?: () => Levels;
  /** Peer URLs at which the operator says that members are: asked about a stranger when nobody answers that this member knows. */
  readonly joinUrls?: readonly string[] | undefined;
  /** Where those are counted who have come and are not known; default: its own. */
  readonly doors?: Doors;
  /** A peer that is silent for three of these is cut off. */
  readonly electionTimeoutMs: number;
  readonly clock: PeerClock;
  readonly random: Random;
  readonly logger: PeerLogger;
  readonly observer?: PeerObserver | undefined;
  /** Default: plain TCP. */
  readonly dial?: Dial;
  /** Bytes that may wait for one peer; default 16 MiB. */
  readonly queueBytesMax?: number;
  /** Default: 1000, or half an election timeout if that is less. */
  readonly probeIntervalMs?: number;
  /** Default: 5000. */
  readonly dialTimeoutMs?: number;
  /** Silence after which a snapshot stream is given up; default 5000. */
  readonly snapshotSilenceMs?: number;
  /** How long a living receiver may take for one chunk; default 60,000. */
  readonly snapshotStallMs?: number;
  /** Milliseconds since some moment, never going back; default `performance.now`. */
  readonly monotonicMs?: () => number;
}

/** One peer as operators see it. */
export interface PeerStatus {
  readonly id: MemberId;
  /** The stream that was dialed, for sending, is up. */
  readonly connected: boolean;
  /** The peer's stream, for receiving, is up. */
  readonly accepted: boolean;
  /** Undefined before the first answered probe. */
  readonly roundTripMs: number | undefined;
  /** How far the peer's clock is ahead; negative: behind. */
  readonly clockDifferenceMs: number | undefined;
  readonly queuedBytes: number;
  readonly sentBytes: number;
  readonly receivedBytes: number;
  readonly sentMessages: number;
  readonly receivedMessages: number;
  /** Messages that were dropped before they left. */
  readonly sentFailures: number;
  /** How often the stream for receiving broke. */
  readonly receivedFailures: number;
  /** How often the stream for sending broke. */
  readonly disconnects: number;
  /** When the peer was last heard of, milliseconds since 1970; undefined: never. */
  readonly lastActiveMs: number | undefined;
}

/** What was said last at the URLs of a peer. */
export interface SaidByPeer {
  /** That this member was removed. */
  readonly saysRemoved: boolean;
}

/** Append requests to and from all peers, as /v2/stats/self shows them. */
export interface TrafficStatus {
  readonly recvAppendRequestCnt: number;
  readonly sendAppendRequestCnt: number;
  /** Per second over the last window; 0: nothing for a second. */
  readonly recvPkgRate: number;
  readonly recvBandwidthRate: number;
  readonly sendPkgRate: number;
  readonly sendBandwidthRate: number;
}

/** From an append request to its answer, as /v2/stats/leader shows it. */
export interface LatencyStatus {
  readonly id: MemberId;
  /** Milliseconds. */
  readonly currentMs: number;
  readonly averageMs: number;
  readonly standardDeviationMs: number;
  readonly minimumMs: number;
  readonly maximumMs: number;
  readonly successCount: number;
  readonly failCount: number;
}

export interface NetworkStatus {
  readonly peers: readonly (PeerStatus & SaidByPeer)[];
  readonly traffic: TrafficStatus;
  readonly followers: readonly LatencyStatus[];
}
