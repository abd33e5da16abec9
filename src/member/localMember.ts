import type { AuthChange } from '../machine/auth/change';
import type { AuthResult } from '../machine/auth/result';
import type { AuthView } from '../machine/auth/view';
import type { KeyCommand } from '../machine/command';
import type { MemberInfo } from '../machine/cluster/members';
import type { KeyError, KeyResult } from '../machine/keyspace/event';
import type { StoreStats } from '../machine/keyspace/stats';
import type { MemberId } from '../raft/types';
import { PendingRequests } from './pendingRequests';
import { Chores } from './chores';
import { Compaction } from './compaction';
import type { Cancel } from '../platform/clock';
import { sleep } from '../platform/sleep';
import { handOver } from './handover';
import { ProposalAdmission } from './proposalAdmission';
import { LeaderObserver } from './leaderObserver';
import { LocalAuth } from './localAuth';
import type { LocalMemberParts } from './localMemberParts';
import { LocalReads } from './localReads';
import { Loop } from './loop';
import { Membership } from './membership';
import { MessageBorder } from './messageBorder';
import { PeerSide } from './peerSide';
import { Quota } from './quota';
import { MemberCounters, type MemberReport } from './memberCounters';
import { Forwarder } from './forwarder';
import { requestTimeoutMs } from './settings';
import { StateSender } from './stateTransfer';
import { StatusReporter } from './statusReporter';
import {
  MemberError,
  type Indexes,
  type Member,
  type MemberStatus,
  type ReadOptions,
  type Watch,
  type WatchListener,
  type WatchOptions,
} from './types';
import { UnreadableEntries } from './unreadableEntries';

/** How often a member that stops looks whether its callers were answered. */
const LOOK_INTERVAL_MS = 10;

/** One running member: joins raft, machine, storage and transport, and answers what clients and operators ask. */
export class LocalMember implements Member {
  readonly id: MemberId;
  readonly name: string;
  readonly clusterId: string;
  readonly foundation: string | undefined;
  /** For the links to the other members. */
  readonly peerSide: PeerSide;
  private readonly requests: PendingRequests;
  private readonly chores: Chores;
  private readonly leaderObserver: LeaderObserver;
  private readonly loop: Loop;
  private readonly membership: Membership;
  private readonly reads: LocalReads;
  private readonly localAuth: LocalAuth;
  private readonly reporter: StatusReporter;
  private readonly counters: MemberCounters;
  private cancelTicks: Cancel | undefined;
  private stopping = false;
  private removed = false;

  constructor(private readonly parts: LocalMemberParts) {
    const { settings, clusterId, raft, state, clock, logger, run } = parts;
    this.id = raft.id;
    this.name = settings.name;
    this.clusterId = clusterId;
    this.foundation = parts.foundation;
    const wake = (): void => {
      this.loop.wake();
    };
    const level = (): number => state.machine.cluster.level;
    this.requests = new PendingRequests(raft.id, run, clock, requestTimeoutMs(settings), wake, level);
    this.membership = new Membership(clusterId, this.requests, state, clock, logger);
    this.leaderObserver = new LeaderObserver(raft, clock, logger);
    this.reads = new LocalReads(clusterId, raft, state, clock, this.requests);
    this.localAuth = new LocalAuth(state, this.requests);
    this.counters = new MemberCounters(raft, settings.heartbeatIntervalMs);
    const quota = new Quota(state, settings.quotaBytes ?? 0, raft);
    this.chores = new Chores({
      ...parts,
      requests: this.requests,
      quota,
      guarded: (run) => {
        this.loop.guarded(run);
      },
    });
    this.loop = this.makeLoop(quota, wake);
    const { requests, chores, leaderObserver, loop, reads, counters } = this;
    const { electionKick, integrity, promoter } = chores;
    this.reporter = new StatusReporter({
      ...{ raft, state, requests, leaderObserver, integrity, promoter, quota, reads, counters },
      name: settings.name,
      startedAtMs: clock.now(),
      peerReport: parts.peerReport,
      isStopping: () => this.stopping,
    });
    this.peerSide = new PeerSide({
      ...parts,
      ...{ loop, electionKick, counters },
      onRemoved: () => {
        this.endAsRemoved();
      },
    });
  }

  private makeLoop(quota: Quota, wake: () => void): Loop {
    const { settings, raft, state, store, transport, clock, logger, observer } = this.parts;
    const { requests, chores, leaderObserver, localAuth } = this;
    const { firstIndex, lastIndex } = raft.status();
    const compaction = new Compaction(settings.snapshotCount, settings.logBytesMax);
    compaction.restart(firstIndex - 1, raft.entries(firstIndex, lastIndex));
    const sender = new StateSender(raft, store, transport, logger, wake);
    const admission = new ProposalAdmission(raft, state, settings.strictReconfigCheck, quota);
    const unreadable = new UnreadableEntries(clock, logger);
    return new Loop({
      replica: { raft, state, store },
      peers: {
        transport,
        border: new MessageBorder(raft),
        forwarder: new Forwarder(raft, requests.proposals, requests.changes, admission, transport),
      },
      waiting: requests,
      retention: { compaction, compactionLimit: () => sender.compactionLimit },
      ...{ clock, observer },
      events: {
        onStateWanted: (to) => {
          sender.send(to);
        },
        onStateReplaced: () => {
          chores.publisher.stateReplaced();
          requests.stateReplaced();
          localAuth.check();
        },
        onMembersChanged: () => {
          this.membersChanged();
        },
        onTurn: () => {
          leaderObserver.check();
        },
        onApplied: () => {
          localAuth.check();
          chores.integrity.check();
        },
        onUnreadable: (index, fault) => {
          unreadable.note(index, fault);
        },
        onFailure: (error) => {
          this.halt('the member failed');
          this.parts.onFailure(error);
        },
      },
    });
  }

  /** Begins to tick. A cluster of one elects itself at once instead of waiting for a timeout. */
  start(): void {
    const { raft, clock, settings } = this.parts;
    this.membersChanged();
    this.cancelTicks = clock.every(settings.heartbeatIntervalMs, () => {
      this.tick();
    });
    const { voters } = raft.status().configuration;
    if (voters.length === 1 && voters[0] === raft.id) raft.campaign();
    this.chores.start();
  }

  /** Resolves when the cluster knows this member's name and URLs. */
  published(): Promise<void> {
    return this.chores.publisher.published();
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
    while (this.requests.pending > 0 && this.parts.clock.monotonicMs() < deadlineMs) {
      await sleep(this.parts.clock, LOOK_INTERVAL_MS);
    }
    this.halt('the member is stopping');
    await this.loop.stop();
    await this.loop.flush();
  }

  get(path: string, options: ReadOptions, nodesMax?: number): KeyResult {
    return this.reads.get(path, options, nodesMax);
  }

  readBarrier(): Promise<void> {
    return this.reads.readBarrier();
  }

  propose(command: KeyCommand, client?: string): Promise<KeyResult> {
    return this.refusedInDoubt() ?? this.requests.propose(command, client);
  }

  auth(): AuthView {
    return this.localAuth.auth();
  }

  onAuthChange(listener: () => void): () => void {
    return this.localAuth.onAuthChange(listener);
  }

  proposeAuth(change: AuthChange): Promise<AuthResult> {
    return this.refusedInDoubt() ?? this.localAuth.proposeAuth(change);
  }

  watch(path: string, options: WatchOptions, listener: WatchListener): Watch | KeyError {
    return this.reads.watch(path, options, listener);
  }

  indexes(): Indexes {
    return this.reads.indexes();
  }

  status(): MemberStatus {
    return this.reporter.status();
  }

  storeStats(): StoreStats {
    return this.reporter.storeStats();
  }

  /** What it counts about itself beyond its status. */
  report(): MemberReport {
    return this.reporter.report();
  }

  members(): readonly MemberInfo[] {
    return this.membership.members();
  }

  clusterVersion(): string {
    return this.membership.clusterVersion();
  }

  addMember(peerURLs: readonly string[]): Promise<MemberInfo> {
    return this.membership.addMember(peerURLs);
  }

  removeMember(id: MemberId, options?: { readonly onlyIfLost: boolean }): Promise<void> {
    return this.membership.removeMember(id, options);
  }

  updateMember(id: MemberId, peerURLs: readonly string[]): Promise<void> {
    return this.membership.updateMember(id, peerURLs);
  }

  private refusedInDoubt(): Promise<never> | undefined {
    const isInDoubt = this.parts.state.machine.integrity.doubt !== 0;
    return isInDoubt ? Promise.reject(new MemberError('stateInDoubt', 'etcdserver: corrupt cluster')) : undefined;
  }

  private tick(): void {
    const nowMs = this.parts.clock.monotonicMs();
    this.counters.tick(nowMs);
    this.chores.tick(nowMs);
    // Nobody takes anything from it any more: its clients had better ask another member at once.
    if (this.removed) this.requests.rejectAll('the member was removed');
    this.requests.expire(nowMs);
    this.loop.tick();
  }

  private membersChanged(): void {
    this.chores.peers.update();
    if (this.parts.state.machine.cluster.wasRemoved(this.id)) this.endAsRemoved();
  }

  private endAsRemoved(): void {
    if (this.removed) return;
    this.removed = true;
    this.requests.rejectAll('the member was removed');
    this.parts.onRemoved();
  }

  private halt(reason: string): void {
    this.stopping = true;
    this.cancelTicks?.();
    this.chores.stop();
    this.requests.rejectAll(reason);
  }
}
