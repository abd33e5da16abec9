import type { Clock } from '../platform/clock';
import type { Raft } from '../raft/raft';
import type { MemberId } from '../raft/types';
import type { MemberStore } from '../storage/memberStore';
import type { Changes } from './changes';
import type { Compaction } from './compaction';
import type { CurrentState } from './currentState';
import type { Forwarder } from './forwarder';
import type { MessageBorder } from './messageBorder';
import type { MemberObserver } from './observer';
import type { Proposals } from './proposals';
import type { ReadBarriers } from './readBarriers';
import type { Transport } from './transport';

/** What is replicated: the log that is agreed on, the state that it makes, and the disk with both. */
export interface Replica {
  readonly raft: Raft;
  readonly state: CurrentState;
  readonly store: MemberStore;
}

/** What comes from other members, and goes to them. */
export interface PeerBorder {
  readonly transport: Transport;
  /** Judges their messages. */
  readonly border: MessageBorder;
  /** Takes and hands on their requests. */
  readonly forwarder: Forwarder;
}

/** Who waits for an answer; see pendingRequests.ts. */
export interface Waiting {
  readonly proposals: Proposals;
  readonly changes: Changes;
  readonly reads: ReadBarriers;
}

/** How much of the log is kept. */
export interface LogRetention {
  readonly compaction: Compaction;
  /** The log after this index is still needed. */
  readonly compactionLimit: () => number;
}

/** What the loop tells the member. */
export interface LoopEvents {
  /** A follower needs this member's state. */
  readonly onStateWanted: (to: MemberId) => void;
  /** The state jumped over entries, which nobody will hear of one by one. */
  readonly onStateReplaced: () => void;
  /** The list of members changed. */
  readonly onMembersChanged: () => void;
  /** Something came in: raft may see another leader now. */
  readonly onTurn: () => void;
  /** Something was applied. Throws if the member must not go on. */
  readonly onApplied: () => void;
  /** The entry at `index` had no effect. */
  readonly onUnreadable: (index: number, fault: string) => void;
  /** A broken invariant or a storage error: the member must not go on. Called once. */
  readonly onFailure: (error: unknown) => void;
}

/** What a loop turns. */
export interface LoopParts {
  readonly replica: Replica;
  readonly peers: PeerBorder;
  readonly waiting: Waiting;
  readonly retention: LogRetention;
  readonly events: LoopEvents;
  readonly clock: Clock;
  readonly observer?: MemberObserver | undefined;
}
