/**
 * The vocabulary of the consensus core: what goes in, what comes out, what is stored.
 *
 * Indexes and terms are plain numbers (below 2^53 by construction: one a loop turn); member ids are 64-bit and therefore
 * lower-case hexadecimal strings without zero padding, as the v2 API prints them.
 */

/** A 64-bit member id as unpadded lower-case hexadecimal. */
export type MemberId = string;

/** Who votes and who only listens (thesis section 4.2.1). A member is in at most one of the two lists; both are sorted. */
export interface Configuration {
  readonly voters: readonly MemberId[];
  readonly learners: readonly MemberId[];
}

/** One slot of the replicated log. */
export type Entry = NoopEntry | CommandEntry | ConfigurationEntry;

/** What a leader appends at the start of its term, so that it may commit what earlier leaders left (paper section 8). */
export interface NoopEntry {
  readonly kind: 'noop';
  readonly index: number;
  readonly term: number;
}

/** Opaque bytes for the state machine. */
export interface CommandEntry {
  readonly kind: 'command';
  readonly index: number;
  readonly term: number;
  readonly data: Uint8Array;
}

/** A whole new configuration, in force from the moment it is in the log (thesis section 4.1), and bytes for the state machine. */
export interface ConfigurationEntry {
  readonly kind: 'configuration';
  readonly index: number;
  readonly term: number;
  readonly configuration: Configuration;
  readonly data: Uint8Array;
}

/** What must be durable before a vote or an acknowledgement leaves the member (paper figure 2, "persistent state"). */
export interface HardState {
  readonly term: number;
  readonly votedFor: MemberId | undefined;
  /** Saved when there is a write anyway; never a reason for one. */
  readonly commit: number;
}

/** The point up to which the log was compacted: the state machine holds everything up to and including `index`. */
export interface LogStart {
  readonly index: number;
  readonly term: number;
  /** The configuration in force at `index`. */
  readonly configuration: Configuration;
}

/** What storage found when the member was started. */
export interface RestoredState {
  readonly hardState: HardState;
  readonly start: LogStart;
  /** Entries after `start.index`, without holes. */
  readonly entries: readonly Entry[];
  /** The highest index whose effect is already in the state machine; at least `start.index`. */
  readonly applied: number;
}

interface Envelope {
  readonly from: MemberId;
  readonly to: MemberId;
  readonly term: number;
}

/** Asks for a vote (section 5.2), or with `pre` whether one could be had (thesis section 9.6). */
export interface VoteRequest extends Envelope {
  readonly type: 'voteRequest';
  readonly pre: boolean;
  readonly lastLogIndex: number;
  readonly lastLogTerm: number;
  /** Set when the old leader asked for this election: the leader lease is then no reason to refuse (thesis section 3.10). */
  readonly transfer: boolean;
}

export interface VoteResponse extends Envelope {
  readonly type: 'voteResponse';
  readonly pre: boolean;
  readonly granted: boolean;
}

/** Replicates entries (section 5.3). */
export interface AppendRequest extends Envelope {
  readonly type: 'appendRequest';
  readonly prevLogIndex: number;
  readonly prevLogTerm: number;
  readonly entries: readonly Entry[];
  readonly commit: number;
}

export interface AppendResponse extends Envelope {
  readonly type: 'appendResponse';
  readonly success: boolean;
  /** On success the last index known to match and durable; on refusal the `prevLogIndex` that was refused. */
  readonly index: number;
  /** On refusal: where the follower's log may still agree with the leader's (section 5.3, last paragraphs). */
  readonly hintIndex: number;
  readonly hintTerm: number;
}

/** Keeps the leader's authority and carries the read rounds; it never carries entries. */
export interface Heartbeat extends Envelope {
  readonly type: 'heartbeat';
  /** min(leader's commit, what this follower is known to hold). */
  readonly commit: number;
  /** Newest read round that waits for confirmation; 0 if none. */
  readonly readRound: number;
}

export interface HeartbeatResponse extends Envelope {
  readonly type: 'heartbeatResponse';
  readonly readRound: number;
}

/** A follower asks the leader for an index that is safe to read at (thesis section 6.4). */
export interface ReadIndexRequest extends Envelope {
  readonly type: 'readIndexRequest';
  readonly context: number;
}

/** `index` 0 means refused: the sender is not (or no longer) a leader that can answer. */
export interface ReadIndexResponse extends Envelope {
  readonly type: 'readIndexResponse';
  readonly context: number;
  readonly index: number;
}

/** The leader tells the most up-to-date follower to campaign at once (thesis section 3.10). */
export interface TimeoutNow extends Envelope {
  readonly type: 'timeoutNow';
}

/** The follower needs entries the leader no longer has: the driver streams the state, this message announces it (section 7). */
export interface SnapshotRequest extends Envelope {
  readonly type: 'snapshotRequest';
}

export type Message =
  | VoteRequest
  | VoteResponse
  | AppendRequest
  | AppendResponse
  | Heartbeat
  | HeartbeatResponse
  | ReadIndexRequest
  | ReadIndexResponse
  | TimeoutNow
  | SnapshotRequest;

export type Role = 'follower' | 'preCandidate' | 'candidate' | 'leader';

/** Why a proposal or a read was not taken. */
export type Refusal =
  'notLeader' | 'noLeader' | 'tooMuchUncommitted' | 'transferring' | 'configurationPending' | 'tooLarge' | 'invalid';

export type ProposeResult =
  | { readonly ok: true; readonly index: number; readonly term: number }
  | { readonly ok: false; readonly reason: Refusal };

/** An answered `readIndex(context)`: the read may be served once `index` is applied. `index` undefined: ask again later. */
export interface ReadState {
  readonly context: number;
  readonly index: number | undefined;
}

/** What the driver may act on at once. Everything is handed out exactly once. */
export interface Ready {
  /** May leave now, in this order. */
  readonly messages: readonly Message[];
  /** Committed and locally durable, in order, ready for the state machine. */
  readonly committed: readonly Entry[];
  readonly reads: readonly ReadState[];
}

/** What the driver must make durable in one synced batch before it calls `persisted`. */
export interface Write {
  /** Present if it changed since the last write. */
  readonly hardState: HardState | undefined;
  /** To be appended; entries stored at or after `entries[0].index` are to be removed first. */
  readonly entries: readonly Entry[];
  /** Replaces the whole log: the state was received as a snapshot up to `start.index`. */
  readonly start: LogStart | undefined;
  /** Must not leave before the write is durable: votes, acknowledgements. */
  readonly messagesAfter: readonly Message[];
}

export interface RaftOptions {
  readonly id: MemberId;
  /** An election starts after electionTicks to 2 x electionTicks - 1 ticks without a leader. */
  readonly electionTicks: number;
  readonly heartbeatTicks: number;
  /** A number in [0, 1), for the randomised election timeout; the only source of chance. */
  readonly random: () => number;
  /** Bytes of entry data in one append message. */
  readonly appendBytesMax: number;
  /** Append messages to one follower that may wait for their answer. */
  readonly inflightMessagesMax: number;
  /** Bytes of entry data to one follower that may wait for their answer. */
  readonly inflightBytesMax: number;
  /** Bytes proposed and not yet committed; beyond it proposals are refused (one is always let through). */
  readonly uncommittedBytesMax: number;
  /** Bytes of one proposal. */
  readonly entryBytesMax: number;
}

/** How far a follower is, as its leader sees it. */
export interface ProgressStatus {
  readonly id: MemberId;
  readonly matchIndex: number;
  readonly nextIndex: number;
  readonly state: 'probe' | 'replicate' | 'snapshot';
  /** Heard from within an election timeout. */
  readonly recentlyActive: boolean;
  readonly learner: boolean;
}

export interface RaftStatus {
  readonly id: MemberId;
  readonly role: Role;
  readonly term: number;
  readonly votedFor: MemberId | undefined;
  readonly leader: MemberId | undefined;
  readonly commit: number;
  readonly applied: number;
  readonly persisted: number;
  readonly firstIndex: number;
  readonly lastIndex: number;
  readonly configuration: Configuration;
  /** Only on a leader. */
  readonly progress: readonly ProgressStatus[];
}
