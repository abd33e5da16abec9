/** The consensus core's public face: inputs are passed on to the rules, outputs are collected. See README.md. */
import { faultOfStart, judge, type Verdict } from './border';
import { sortedConfiguration } from './configuration';
import { campaign, mayCampaign, ownVotePersisted } from './election';
import { installSnapshot, leaderGone } from './following';
import { forwardReads, tickForwardedReads } from './forwardedReads';
import { beginTransfer, completeLeaderTurn, tickLeader } from './leading';
import type { Leadership } from './leadership';
import { alignPeers, refusalOfChange } from './membership';
import { hearsQuorumOf } from './quorumHealth';
import { receive } from './receive';
import { advanceCommit, appendOwn, sendHeartbeat } from './replication';
import { becomeFollower } from './roles';
import { RaftState } from './state';
import { describe, statusOf } from './status';
import type {
  Configuration,
  Entry,
  LogStart,
  MemberId,
  Message,
  ProposeResult,
  RaftOptions,
  RaftStatus,
  ReadState,
  Ready,
  Refusal,
  RestoredState,
  Write,
} from './types';

const NO_READS: readonly ReadState[] = [];

/** One member's consensus state machine: no clock, no I/O; the same inputs give the same outputs. */
export class Raft {
  private readonly state: RaftState;

  /** Throws RaftInvariantError if what was restored contradicts itself. */
  constructor(options: RaftOptions, restored: RestoredState) {
    this.state = new RaftState(options, restored);
  }

  get id(): MemberId {
    return this.state.id;
  }

  /** Who leads the current term, if this member knows. */
  get leader(): MemberId | undefined {
    return this.state.leader;
  }

  get term(): number {
    return this.state.term;
  }

  /** The configuration in force. */
  get configuration(): Configuration {
    return this.state.log.configuration;
  }

  /** Whether this log was found to fit a leader's since the member was started, or the member led: then no later leader counts on what it lacks. */
  get hasAgreed(): boolean {
    return this.state.hasAgreed;
  }

  get commit(): number {
    return this.state.log.commit;
  }

  get applied(): number {
    return this.state.log.applied;
  }

  /** Time passes; the only clock there is. */
  tick(): void {
    const { state } = this;
    if (state.leadership !== undefined) {
      tickLeader(state, state.leadership);
      return;
    }
    tickForwardedReads(state);
    state.electionElapsed += 1;
    if (state.electionElapsed < state.electionTimeout) return;
    if (mayCampaign(state)) campaign(state);
    else becomeFollower(state, state.term, undefined);
  }

  /** Starts an election now, unless this member leads or may not stand. */
  campaign(): void {
    campaign(this.state);
  }

  /** What is to be done with a message that another member sent over a link of its own; see border.ts. Changes nothing. */
  judge(message: Message): Verdict {
    return judge(this.state, message);
  }

  /** What is wrong with the place at which a state that was received begins; undefined if it may be taken. Changes nothing. */
  faultOfStart(start: LogStart): string | undefined {
    return faultOfStart(this.state, start);
  }

  /** Takes a message from another member that was judged to be in order. Throws RaftInvariantError if it proves that a guarantee was broken. */
  step(message: Message): void {
    receive(this.state, message);
  }

  /** Appends a command to the log, if this member leads and may take it. The caller finds it by index and term later. */
  propose(data: Uint8Array): ProposeResult {
    const { leadership, log, term } = this.state;
    const refusal = this.refusalOf(data);
    if (refusal !== undefined || leadership === undefined) return { ok: false, reason: refusal ?? 'notLeader' };
    return this.append(leadership, { kind: 'command', index: log.lastIndex + 1, term, data });
  }

  /** Like `propose`, for a configuration that differs from the one in force by one member at most (thesis section 4.1). */
  proposeConfiguration(configuration: Configuration, data: Uint8Array): ProposeResult {
    const { state } = this;
    const { leadership, log, term } = state;
    const refusal = this.refusalOf(data) ?? refusalOfChange(state, configuration);
    if (refusal !== undefined || leadership === undefined) return { ok: false, reason: refusal ?? 'notLeader' };
    const canonical = sortedConfiguration(configuration);
    const index = log.lastIndex + 1;
    const result = this.append(leadership, { kind: 'configuration', index, term, configuration: canonical, data });
    alignPeers(state, leadership, true);
    advanceCommit(state, leadership);
    return result;
  }

  /** Asks for an index that is safe to read at; the answer comes with `Ready.reads` under the same context. */
  readIndex(context: number): void {
    const { state } = this;
    if (state.leadership !== undefined) state.leadership.reads.add({ from: undefined, context });
    else if (state.leader === undefined) state.readStates.push({ context, index: undefined });
    else state.forwardedReads.add(context);
  }

  /** Hands leadership to another voter. False if this member does not lead or `to` is not another voter. */
  transferLeadership(to: MemberId): boolean {
    const { leadership } = this.state;
    return leadership !== undefined && beginTransfer(this.state, leadership, to);
  }

  /** What may be acted on at once; every thing is handed out exactly once. */
  ready(): Ready {
    const { state } = this;
    if (state.leadership !== undefined) completeLeaderTurn(state, state.leadership);
    else forwardReads(state);
    const reads = state.readStates.length === 0 ? NO_READS : state.readStates;
    if (reads !== NO_READS) state.readStates = [];
    return { messages: state.persistence.drainOutgoing(), committed: state.log.takeCommitted(), reads };
  }

  /** What is to be made durable next; undefined if there is nothing, or if a write is still in flight. */
  takeWrite(): Write | undefined {
    const { persistence, vote, log } = this.state;
    return persistence.take(vote, log);
  }

  /** The write in flight is durable. Its `messagesAfter` are the caller's to send. */
  persisted(): void {
    const { state } = this;
    state.persistence.confirm(state.log);
    ownVotePersisted(state);
    if (state.leadership !== undefined) advanceCommit(state, state.leadership);
  }

  /** The state machine has applied everything up to `index`. */
  appliedTo(index: number): void {
    this.state.log.appliedTo(index);
  }

  /** Forgets entries up to `index`, which must be applied; storage drops its own copies. */
  compact(index: number): void {
    this.state.log.compact(index);
  }

  /** The state up to `index` was streamed to `to`, or that failed. */
  snapshotSent(to: MemberId, index: number, ok: boolean): void {
    const peer = this.state.leadership?.peer(to);
    if (peer?.state === 'snapshot') peer.snapshotFinished(index, ok);
  }

  /**
   * The state machine was replaced by the leader's state at `start.index`. The next write has `start`. False if this member
   * is already further: then nothing was changed, and the received state must be thrown away.
   */
  installSnapshot(start: LogStart): boolean {
    return installSnapshot(this.state, start);
  }

  /** The link to `id` broke: what was under way is taken for lost. */
  reportUnreachable(id: MemberId): void {
    const peer = this.state.leadership?.peer(id);
    if (peer?.state === 'replicate') peer.becomeProbe();
  }

  /** The link to `id` is up. It hears of its leader now instead of at the next heartbeat. */
  reportReachable(id: MemberId): void {
    const { leadership } = this.state;
    const peer = leadership?.peer(id);
    if (leadership !== undefined && peer !== undefined) sendHeartbeat(this.state, leadership, peer);
  }

  /**
   * The process of `id` seems to have ended. If it led, this member soon stands for election instead of waiting for a timeout.
   * Wrong news does no harm: see `leaderGone`.
   */
  reportGone(id: MemberId): void {
    leaderGone(this.state, id);
  }

  /**
   * Whether a majority of the voters was heard within an election timeout. Undefined on a member that does not lead,
   * and while its leadership is too young to tell silence from news that is on its way.
   */
  hearsQuorumOf({ voters }: Configuration): boolean | undefined {
    return hearsQuorumOf(this.state, voters);
  }

  /** Whether a member was heard within an election timeout, this one included. Undefined as `hearsQuorumOf` is. */
  hears(id: MemberId): boolean | undefined {
    return hearsQuorumOf(this.state, [id]);
  }

  /** Entries from `from` to `to`, both included, that are still in memory. Throws RaftInvariantError for others. */
  entries(from: number, to: number): readonly Entry[] {
    return this.state.log.slice(from, to);
  }

  /**
   * Term and configuration at `index`, for a state that is streamed or stored up to there. Throws RaftInvariantError if the
   * log in memory does not reach it.
   */
  logStartAt(index: number): LogStart {
    return this.state.log.startAt(index);
  }

  status(): RaftStatus {
    return statusOf(this.state);
  }

  /** The state on one line. */
  describe(): string {
    return describe(this.state);
  }

  private refusalOf(data: Uint8Array): Refusal | undefined {
    const { leadership, leader, options } = this.state;
    if (leadership === undefined) return leader === undefined ? 'noLeader' : 'notLeader';
    if (leadership.transfer !== undefined) return 'transferring';
    if (data.length > options.entryBytesMax) return 'tooLarge';
    const { uncommittedBytes } = leadership;
    const isFull = uncommittedBytes > 0 && uncommittedBytes + data.length > options.uncommittedBytesMax;
    return isFull ? 'tooMuchUncommitted' : undefined;
  }

  private append(leadership: Leadership, entry: Entry): ProposeResult {
    appendOwn(this.state, leadership, entry);
    return { ok: true, index: entry.index, term: entry.term };
  }
}
