/** The narrow interface between a running member and everything that serves clients. */
import type { AuthChange } from '../machine/auth/change';
import type { AuthResult } from '../machine/auth/result';
import type { AuthView } from '../machine/auth/view';
import type { KeyCommand } from '../machine/command';
import type { KeyError, KeyEvent, KeyResult } from '../machine/keyspace/event';
import type { StoreStats } from '../machine/keyspace/stats';
import type { ClusterSettings, SettingsChange } from '../machine/cluster/clusterSettings';
import type { MemberInfo } from '../machine/cluster/members';
import type { LatencyStatus, TrafficStatus } from '../peer/types';
import type { LogStart, MemberId, RaftStatus } from '../raft/types';
import type { LogSource } from './logSource';

export type { LatencyStatus, TrafficStatus };

/** Why a member could not answer; becomes error 300 on the key routes. */
export type MemberErrorReason =
  | 'timeout'
  | 'noLeader'
  | 'leaderLost'
  | 'tooManyRequests'
  /** A long command found too many before it, or waited for its turn until its time was up: nothing was done. */
  | 'busy'
  | 'tooLarge'
  | 'invalid'
  | 'noSpace'
  | 'stateInDoubt'
  | 'stopped';

/** A request that was not carried out, or whose fate is unknown (`timeout`, `leaderLost`). */
export class MemberError extends Error {
  override readonly name = 'MemberError';

  constructor(
    readonly reason: MemberErrorReason,
    message: string,
  ) {
    super(message);
  }
}

/** Why a change of the members is not possible. */
export const MEMBERSHIP_REFUSALS = [
  'peerURLExists',
  'idExists',
  'notFound',
  'removed',
  'lastMember',
  /** It would leave voters of whom no majority answers now. */
  'unhealthy',
  /** Its place was asked for because its data is lost, and the leader hears from it. */
  'running',
  /** So many learners wait already to be promoted or removed. */
  'tooManyLearners',
] as const;
export type MembershipRefusal = (typeof MEMBERSHIP_REFUSALS)[number];

/** A membership change that was refused; nothing changed. */
export class MembershipError extends Error {
  override readonly name = 'MembershipError';

  constructor(readonly refusal: MembershipRefusal) {
    super(`the membership change was refused: ${refusal}`);
  }
}

export interface ReadOptions {
  readonly recursive: boolean;
  /** Children in the order of their key bytes, at every level. */
  readonly sorted: boolean;
}

export interface WatchOptions {
  readonly recursive: boolean;
  /** Every event from `sinceIndex` on; otherwise only the first. */
  readonly stream: boolean;
  /** 0: from the next event on. */
  readonly sinceIndex: number;
}

/** A registered watch. Events that matched in the past are in `past`; later ones go to the listener. */
export interface Watch {
  readonly ok: true;
  /** The store index when it was registered. */
  readonly etcdIndex: number;
  readonly past: readonly KeyEvent[];
  /** Idempotent. A watch that is not a stream is over after its first event, from the past or not. */
  cancel(): void;
}

/** Undefined ends the watch: the member is stopping. */
export type WatchListener = (event: KeyEvent | undefined) => void;

export interface Indexes {
  readonly etcdIndex: number;
  readonly raftIndex: number;
  readonly raftTerm: number;
}

/** What the links to the other members report. */
export interface PeerReport {
  readonly peers: readonly PeerLinkReport[];
  readonly traffic: TrafficStatus;
  readonly followers: readonly LatencyStatus[];
}

/** What a member is told of its links to one other. */
export interface PeerLinkReport {
  readonly id: MemberId;
  /** The stream that this member dialed, and the one that it took, are up. */
  readonly connected: boolean;
  readonly accepted: boolean;
  /** Who answers where that one listens says that this member was removed. */
  readonly saysRemoved: boolean;
}

/** What operators ask a member about itself. */
export interface MemberStatus {
  readonly raft: RaftStatus;
  readonly startedAtMs: number;
  /** Undefined while there is no leader. */
  readonly leader: { readonly id: MemberId; readonly sinceMs: number } | undefined;
  readonly traffic: TrafficStatus;
  readonly followers: readonly LatencyStatus[];
  /** Comparisons of the members' states that found a difference, since this member was started. */
  readonly stateMismatches: number;
  /** The voters' states differ and none has a majority: no client's write is taken. */
  readonly stateInDoubt: boolean;
  /** The store, by the quota; `alarm`: it is full and takes only what makes it smaller. */
  readonly quota: { readonly bytes: number; readonly usedBytes: number; readonly alarm: boolean };
  /** Applied everything that was committed when it started, votes, and is not stopping: may be sent traffic. */
  readonly ready: boolean;
  readonly stopping: boolean;
}

/** Reads of the key space. */
export interface KeyReader {
  /** In the head of each answer; see ClusterAdmin. */
  readonly clusterId: string;
  /**
   * The local tree, at once; may be stale on a follower. A listing of more than `nodesMax` nodes comes to be walked through: see
   * `listing` of KeyEvent.
   */
  get(path: string, options: ReadOptions, nodesMax?: number): KeyResult;
  /** What a directory holds, hidden or not, without a listing of it: anybody may have put a million keys there. Undefined: it is none. */
  childCount(path: string): number | undefined;
  /** Whether a `get` of a directory would find what it found at `etcdIndex`; false too where the history does not say. */
  isUnchanged(path: string, etcdIndex: number): boolean;
  /** Resolves when a `get` right after it is linearizable. Rejects with MemberError. */
  readBarrier(): Promise<void>;
  watch(path: string, options: WatchOptions, listener: WatchListener): Watch | KeyError;
  indexes(): Indexes;
}

/** What happened at or below a path. */
export interface Past {
  readonly events: readonly KeyEvent[];
  /** The store index up to which it was looked at. */
  readonly etcdIndex: number;
  /** The history is shorter than what was asked for. */
  readonly isCut: boolean;
}

/** What the program looks at for itself: no client asked for it, so it counts in no statistics. */
export interface OwnReader {
  /** As `get` of KeyReader. */
  look(path: string, options: ReadOptions): KeyResult;
  /** Whether it is a directory with nothing in it. */
  isVacant(path: string): boolean;
  /** As KeySpace.vacantBelow, of the state that is there when it begins. */
  vacantBelow(path: string): Iterator<string | undefined>;
  /** @param sinceIndex of the first event that is asked for */
  past(path: string, sinceIndex: number): Past;
}

/** Changes of the key space. */
export interface KeyWriter {
  /**
   * Resolves when this member applied the command. Rejects with MemberError.
   *
   * @param client who asks, by its address: what one network asks for in long commands does not hold up those of others
   */
  propose(command: KeyCommand, client?: string): Promise<KeyResult>;
}

/** The list of members, and its changes. */
export interface ClusterAdmin {
  /** Unpadded lower-case hexadecimal. */
  readonly clusterId: string;
  /** Sorted by numeric id. */
  members(): readonly MemberInfo[];
  /** major.minor.0, or `not_decided`. */
  clusterVersion(): string;
  /**
   * A new member joins as a learner and is promoted by itself once it has caught up, so one that never starts cannot cost
   * the cluster its quorum. Rejects with MembershipError or MemberError, as the next two do.
   */
  addMember(peerURLs: readonly string[]): Promise<MemberInfo>;
  /** `onlyIfLost`: refused while the leader hears from the member. */
  removeMember(id: MemberId, options?: { readonly onlyIfLost: boolean }): Promise<void>;
  updateMember(id: MemberId, peerURLs: readonly string[]): Promise<void>;
}

/** The settings of the cluster: how many are to vote, and when one that is silent is replaced. */
export interface SettingsAdmin {
  /** As this member has applied them. */
  clusterSettings(): ClusterSettings;
  /**
   * Resolves when this member applied the change; false if a member runs a version that cannot read it, so that nothing was done.
   * Rejects with MemberError.
   */
  changeSettings(change: SettingsChange): Promise<boolean>;
  /**
   * A standby says that it is there, and asks whether it may join: true where there are fewer members than `activeSize`, or where nobody
   * has set one.
   * @param peerURL the origin of one, under which it would join
   * @param source the network that it says so from
   */
  standbyLooks(peerURL: string, source: string): boolean;
}

/** What a member says of itself. */
export interface StatusSource {
  readonly id: MemberId;
  readonly name: string;
  status(): MemberStatus;
  storeStats(): StoreStats;
}

/** Who may do what, by the auth state that this member has applied. */
export interface AuthSource {
  /** To be asked for again after every wait: it is another one after the member took over a state. */
  auth(): AuthView;
  /**
   * Whether changes that may have been acknowledged before this member was started are not known to be in force, or to be none: for now it
   * does not know who may do what.
   */
  isAuthUndecided(): boolean;
  /** Whether there is a state at all: one that joins is sent it, and knows of no users, keys or members until then. Never false again. */
  hasState(): boolean;
  /**
   * Whether everything that was acknowledged before this member was started is applied: a user may have another password since, or auth may have been
   * switched on. Never false again.
   */
  isUpToDate(): boolean;
  /** Resolves when `isUpToDate`. Rejects with MemberError, as a linearizable read. */
  whenUpToDate(): Promise<void>;
  /**
   * Calls the listener in the turn in which this member applied a change, or took over a state, once `auth` answers what holds
   * now; watches whose right is gone have to be ended by it. Answers how to take the listener away.
   */
  onAuthChange(listener: () => void): () => void;
}

/** Changes of users and roles. */
export interface AuthWriter {
  /**
   * Resolves when this member applied the change, or when that is not possible. Rejects with MemberError; reason `invalid` if
   * the change breaks a rule: `faultOfAuthChange` of machine/auth/changeKinds.ts tells before.
   */
  proposeAuth(change: AuthChange): Promise<AuthResult>;
}

/** The whole state as it was at one entry of the log, while the member goes on. */
export interface StateSnapshot {
  readonly position: LogStart;
  /** Keys and directories, about. */
  readonly nodesAbout: number;
  /** In the form in which followers get it; to be read once. Rejects with MemberError or StorageError. */
  readonly chunks: AsyncIterable<Uint8Array>;
  /** What the chunks that were read so far hold. */
  readonly counted: { readonly rows: number; readonly nodes: number };
  /** Aborted when the member stops: no more comes. */
  readonly ending: AbortSignal;
  /** Lets go of the view, which costs room on the disk as long as it is held. Idempotent. */
  close(): Promise<void>;
}

/** Gives the whole state away, for a backup. */
export interface SnapshotSource {
  /**
   * @param quorum nothing that any member acknowledged before the call is missing; false: what this member has, without asking the others
   * Rejects with MemberError.
   */
  snapshot(options: { readonly quorum: boolean }): Promise<StateSnapshot>;
}

/** One running member. Whoever serves clients takes the narrowest of these that does. */
export interface Member
  extends
    KeyReader,
    OwnReader,
    KeyWriter,
    ClusterAdmin,
    SettingsAdmin,
    StatusSource,
    AuthSource,
    AuthWriter,
    SnapshotSource,
    LogSource {}
