import type { HistoryBounds } from '../machine/keyspace/history';
import type { LogStart, MemberId, Message } from '../raft/types';
import type { Raft } from '../raft/raft';
import type { MemberStore } from '../storage/memberStore';
import type { CurrentState } from './currentState';
import type { ElectionKick } from './electionKick';
import type { Loop } from './loop';
import type { MemberCounters } from './memberCounters';
import { receiveState } from './stateReception';

export interface PeerSideParts {
  readonly raft: Raft;
  readonly state: CurrentState;
  readonly store: MemberStore;
  readonly loop: Loop;
  readonly electionKick: ElectionKick;
  readonly counters: MemberCounters;
  readonly history: HistoryBounds;
  /** Another member says that this one was removed. */
  readonly onRemoved: () => void;
}

/** What the links to the other members tell a member. */
export class PeerSide {
  constructor(private readonly parts: PeerSideParts) {}

  /** Messages of another member. */
  received(messages: readonly Message[]): void {
    this.parts.loop.received(messages);
  }

  /** A request of another member; see forwardedRequest.ts. */
  requested(from: MemberId, request: Uint8Array): void {
    this.parts.loop.requested(from, request);
  }

  /** Whether a state may come from this member: only the leader of this term, which this member follows, sends one. */
  expectsStateFrom(from: MemberId): boolean {
    const { raft } = this.parts;
    return from !== raft.id && raft.leader === from;
  }

  /** The leader streams its state. Resolves when it is in use here. */
  receivedState(start: LogStart, chunks: AsyncIterable<Uint8Array>): Promise<void> {
    const { loop, store, history, counters } = this.parts;
    return counters.receiving(receiveState(loop, store, history, start, chunks, this.knownLevel));
  }

  /** The feature level up to which this program reads. */
  get knownLevel(): number {
    return this.parts.state.machine.knownLevel;
  }

  /** The feature level in force, as this member has applied it. */
  get level(): number {
    return this.parts.state.machine.cluster.level;
  }

  /** Messages to this member were lost. */
  unreachable(id: MemberId): void {
    this.parts.raft.reportUnreachable(id);
  }

  /** The links to and from this member are up. */
  reachable(id: MemberId): void {
    this.parts.raft.reportReachable(id);
    this.parts.electionKick.reachable(id);
    this.parts.loop.wake();
  }

  /** The process of this member seems to have ended. */
  gone(id: MemberId): void {
    this.parts.raft.reportGone(id);
    this.parts.loop.wake();
  }

  /** Another member says that this one was removed. */
  wasRemoved(): void {
    this.parts.onRemoved();
  }
}
