import type { Command } from '../machine/command';
import type { MemberInfo } from '../machine/cluster/members';
import type { KeyError, KeyResult } from '../machine/keyspace/event';
import type { StoreStats } from '../machine/keyspace/stats';
import type { Raft } from '../raft/raft';
import type { LogStart, MemberId, Message } from '../raft/types';
import type { MemberStore } from '../storage/memberStore';
import { Callers } from './callers';
import { Compaction } from './compaction';
import type { CurrentState } from './currentState';
import type { Cancel, Clock } from './environment';
import { ExpiryClock } from './expiryClock';
import { handOver } from './handover';
import { HeadStart } from './headStart';
import { IntegrityCheck } from './integrityCheck';
import { LeaderDesk } from './leaderDesk';
import { LeaderNote } from './leaderNote';
import { Loop } from './loop';
import { Membership } from './membership';
import { MessageBorder } from './messageBorder';
import { PeerList } from './peerList';
import { Promoter } from './promoter';
import { Quota } from './quota';
import { QuotaNotice } from './quotaNotice';
import type { MemberObserver } from './observer';
import { Publisher } from './publisher';
import { Readiness } from './readiness';
import { Tally, type MemberReport } from './report';
import { RequestDesk } from './requestDesk';
import {
  EXPIRY_INTERVAL_MS,
  requestTimeoutMs,
  SCRUB_INTERVAL_MS,
  type MemberLogger,
  type MemberSettings,
} from './settings';
import { Scrub } from './scrub';
import { receiveState } from './stateReception';
import { StateSender } from './stateTransfer';
import type { Transport } from './transport';
import {
  MemberError,
  type Indexes,
  type Member,
  type MemberStatus,
  type PeerReport,
  type ReadOptions,
  type Watch,
  type WatchListener,
  type WatchOptions,
} from './types';
import { UnreadableEntries } from './unreadableEntries';
import { registerWatch } from './watches';

export interface LocalMemberParts {
  readonly settings: MemberSettings;
  readonly clusterId: string;
  /** See Identity in storage/recordCodec. */
  readonly foundation: string | undefined;
  readonly raft: Raft;
  readonly state: CurrentState;
  readonly store: MemberStore;
  readonly transport: Transport;
  readonly clock: Clock;
  readonly logger: MemberLogger;
  /** See CommandBatch. */
  readonly run: number;
  readonly historyLength: number;
  /** Whom to talk to until the state says who the members are. */
  readonly firstPeers: readonly { readonly id: MemberId; readonly urls: readonly string[] }[];
  /** What the links say of the other members. */
  readonly peerReport: () => PeerReport;
  readonly observer?: MemberObserver | undefined;
  readonly onFailure: (error: unknown) => void;
  /** The cluster removed this member; it has to end. Called once. */
  readonly onRemoved: () => void;
}

/** One running member: joins raft, machine, storage and transport, and answers what clients and operators ask. */
export class LocalMember implements Member {
  readonly id: MemberId;
  readonly name: string;
  readonly clusterId: string;
  readonly foundation: string | undefined;
  private readonly callers: Callers;
  private readonly leaderNote: LeaderNote;
  private readonly membership: Membership;
  private readonly readiness: Readiness;
  private readonly loop: Loop;
  private readonly expiry: ExpiryClock;
  private readonly publisher: Publisher;
  private readonly promoter: Promoter;
  private readonly headStart: HeadStart;
  private readonly peers: PeerList;
  private readonly scrub: Scrub;
  private readonly integrity: IntegrityCheck;
  private readonly quota: Quota;
  private readonly quotaNotice: QuotaNotice;
  private readonly tally: Tally;
  private readonly startedAtMs: number;
  private timers: Cancel[] = [];
  private stopping = false;
  private removed = false;

  constructor(private readonly parts: LocalMemberParts) {
    const { settings, raft, state, store, transport, clock, logger, run } = parts;
    this.id = raft.id;
    this.name = settings.name;
    this.clusterId = parts.clusterId;
    this.foundation = parts.foundation;
    this.startedAtMs = clock.now();
    const { firstIndex, lastIndex } = raft.status();
    this.readiness = new Readiness(raft);
    const wake = (): void => {
      this.loop.wake();
    };
    this.quota = new Quota(state, settings.quotaBytes ?? 0, raft);
    const level = (): number => state.machine.cluster.level;
    this.callers = new Callers(raft.id, run, clock, requestTimeoutMs(settings), wake, level);
    this.membership = new Membership(this.callers, state, clock, logger);
    this.leaderNote = new LeaderNote(raft, clock, logger);
    this.tally = new Tally(raft, settings.heartbeatIntervalMs);
    const propose = (command: Command): Promise<KeyResult> => this.callers.propose(command);
    const proposeAsLeader = (command: Command): Promise<KeyResult> => this.callers.proposeAsLeader(command);
    this.expiry = new ExpiryClock(raft, state, clock, proposeAsLeader);
    this.publisher = new Publisher(settings, raft, state, propose);
    this.headStart = new HeadStart(raft, Math.floor(settings.electionTimeoutMs / settings.heartbeatIntervalMs));
    this.peers = new PeerList(raft.id, state, transport, parts.firstPeers);
    this.promoter = new Promoter(raft, state, (change) => this.callers.change(change));
    this.scrub = new Scrub(state);
    this.integrity = new IntegrityCheck(raft, state, clock, logger, (command) =>
      command.type === 'checkpoint' ? proposeAsLeader(command) : propose(command),
    );
    const compaction = new Compaction(settings.snapshotCount, settings.logBytesMax);
    compaction.restart(firstIndex - 1, raft.entries(firstIndex, lastIndex));
    const sender = new StateSender(raft, store, transport, logger, wake);
    const { proposals, changes, reads } = this.callers;
    const unreadable = new UnreadableEntries(clock, logger);
    const leaderDesk = new LeaderDesk(raft, state, settings.strictReconfigCheck, this.quota);
    this.quotaNotice = new QuotaNotice(raft, transport, this.quota.bytes);
    this.loop = new Loop({
      ...{ raft, state, store, transport, clock, compaction },
      ...{ proposals, changes, reads },
      border: new MessageBorder(raft),
      observer: parts.observer,
      desk: new RequestDesk(raft, proposals, changes, leaderDesk, transport),
      compactionLimit: () => sender.compactionLimit,
      onStateWanted: (to) => {
        sender.send(to);
      },
      onStateReplaced: () => {
        this.publisher.stateReplaced();
        this.callers.stateReplaced();
      },
      onMembersChanged: () => {
        this.membersChanged();
      },
      onTurn: () => {
        this.leaderNote.check();
      },
      onApplied: () => {
        this.integrity.check();
      },
      onUnreadable: (index, fault) => {
        unreadable.note(index, fault);
      },
      onFailure: (error) => {
        this.halt('the member failed');
        parts.onFailure(error);
      },
    });
  }

  /** Begins to tick. A cluster of one elects itself at once instead of waiting for a timeout. */
  start(): void {
    const { raft, clock, settings } = this.parts;
    this.membersChanged();
    this.timers = [
      clock.every(settings.heartbeatIntervalMs, () => {
        this.tick();
      }),
      clock.every(EXPIRY_INTERVAL_MS, () => {
        this.expiry.check();
      }),
      clock.every(SCRUB_INTERVAL_MS, () => {
        this.loop.guarded(() => {
          this.scrub.step();
        });
      }),
      clock.every(settings.integrityIntervalMs, () => {
        this.integrity.propose();
      }),
    ];
    const { voters } = raft.status().configuration;
    if (voters.length === 1 && voters[0] === raft.id) raft.campaign();
    this.publisher.check();
  }

  /** Resolves when the cluster knows this member's name and URLs. */
  published(): Promise<void> {
    return this.publisher.published();
  }

  /** From here on it says that it is not ready; a leader hands leadership over. It goes on serving. */
  async prepareStop(limitMs: number): Promise<void> {
    this.stopping = true;
    await this.giveUpLeadership(limitMs);
  }

  /** A leader makes another member the leader. Resolves when that is so, when there is nobody to lead, or after `limitMs`. */
  async giveUpLeadership(limitMs: number): Promise<void> {
    await handOver(this.parts.raft, this.parts.clock, limitMs, () => {
      this.loop.wake();
    });
  }

  /** Ends watches, lets what is in flight finish within `graceMs`, stores the rest. The store stays open. */
  async stop(graceMs: number): Promise<void> {
    this.stopping = true;
    for (const watcher of this.parts.state.machine.keySpace.unwatchAll()) watcher.deliver(undefined);
    const deadlineMs = this.parts.clock.monotonicMs() + graceMs;
    while (this.callers.pending > 0 && this.parts.clock.monotonicMs() < deadlineMs) {
      await new Promise<void>((resolve) => this.parts.clock.after(10, resolve));
    }
    this.halt('the member is stopping');
    await this.loop.stop();
    await this.loop.flush();
  }

  /** Messages of another member. */
  received(messages: readonly Message[]): void {
    this.loop.received(messages);
  }

  /** A request of another member; see forwarding.ts. */
  requested(from: MemberId, request: Uint8Array): void {
    this.loop.requested(from, request);
  }

  /** Whether a state may come from this member: only the leader of this term, which this member follows, sends one. */
  expectsStateFrom(from: MemberId): boolean {
    return from !== this.id && this.parts.raft.leader === from;
  }

  /** The leader streams its state. Resolves when it is in use here. */
  receivedState(start: LogStart, chunks: AsyncIterable<Uint8Array>): Promise<void> {
    const { store, historyLength } = this.parts;
    return this.tally.receiving(receiveState(this.loop, store, historyLength, start, chunks, this.knownLevel));
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
    this.headStart.reachable(id);
    this.loop.wake();
  }

  /** The process of this member seems to have ended. */
  gone(id: MemberId): void {
    this.parts.raft.reportGone(id);
    this.loop.wake();
  }

  /** Another member says that this one was removed. */
  wasRemoved(): void {
    if (this.removed) return;
    this.removed = true;
    this.callers.rejectAll('the member was removed');
    this.parts.onRemoved();
  }

  get(path: string, options: ReadOptions, nodesMax?: number): KeyResult {
    const { state, clock } = this.parts;
    return state.machine.keySpace.get(path, options.recursive, options.sorted, clock.now(), nodesMax);
  }

  readBarrier(): Promise<void> {
    return this.callers.readBarrier();
  }

  propose(command: Command): Promise<KeyResult> {
    if (this.parts.state.machine.integrity.doubt !== 0) {
      return Promise.reject(new MemberError('stateInDoubt', 'etcdserver: corrupt cluster'));
    }
    return this.callers.propose(command);
  }

  watch(path: string, options: WatchOptions, listener: WatchListener): Watch | KeyError {
    this.tally.watchRequests++;
    return registerWatch(this.parts.state, path, options, listener);
  }

  indexes(): Indexes {
    const { state, raft } = this.parts;
    return { etcdIndex: state.machine.keySpace.index, raftIndex: raft.commit, raftTerm: raft.term };
  }

  status(): MemberStatus {
    const raft = this.parts.raft.status();
    const { traffic, followers } = this.parts.peerReport();
    return {
      raft,
      traffic,
      followers,
      startedAtMs: this.startedAtMs,
      leader: this.leaderNote.current,
      stateMismatches: this.integrity.mismatches,
      stateInDoubt: this.parts.state.machine.integrity.doubt !== 0,
      quota: { bytes: this.quota.bytes, usedBytes: this.quota.used, alarm: this.quota.alarm },
      ready: !this.stopping && this.readiness.isReady(raft),
      stopping: this.stopping,
    };
  }

  storeStats(): StoreStats {
    return this.parts.state.machine.keySpace.stats();
  }

  /** What it counts about itself beyond its status. */
  report(): MemberReport {
    return this.tally.report(this.callers, this.leaderNote, this.promoter, this.parts.state.machine.keySpace);
  }

  members(): readonly MemberInfo[] {
    return this.parts.state.machine.cluster.members();
  }

  clusterVersion(): string {
    return this.parts.state.machine.cluster.version || 'not_decided';
  }

  addMember(peerURLs: readonly string[]): Promise<MemberInfo> {
    return this.membership.add(peerURLs);
  }

  removeMember(id: MemberId, options?: { readonly onlyIfLost: boolean }): Promise<void> {
    return this.membership.remove(id, options?.onlyIfLost === true);
  }

  updateMember(id: MemberId, peerURLs: readonly string[]): Promise<void> {
    return this.membership.update(id, peerURLs);
  }

  private tick(): void {
    const nowMs = this.parts.clock.monotonicMs();
    this.tally.tick(nowMs);
    this.publisher.check();
    this.quotaNotice.check(nowMs);
    // New peer URLs come with a command, not with a configuration entry.
    this.peers.update();
    // Nobody takes anything from it any more: its clients had better ask another member at once.
    if (this.removed) this.callers.rejectAll('the member was removed');
    this.callers.expire(nowMs);
    this.headStart.tick();
    // Each tick, and before it: the quorum check, which forgets who was heard from, must not always come just before.
    this.promoter.check();
    this.loop.tick();
  }

  private membersChanged(): void {
    this.peers.update();
    if (this.parts.state.machine.cluster.wasRemoved(this.id)) this.wasRemoved();
  }

  private halt(reason: string): void {
    this.stopping = true;
    for (const cancel of this.timers.splice(0)) cancel();
    this.callers.rejectAll(reason);
  }
}
