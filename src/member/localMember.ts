import type { AuthChange } from '../machine/auth/change';
import type { AuthResult } from '../machine/auth/result';
import type { AuthView } from '../machine/auth/view';
import type { KeyCommand } from '../machine/command';
import type { ClusterSettings, SettingsChange } from '../machine/cluster/clusterSettings';
import type { MemberInfo } from '../machine/cluster/members';
import type { KeyError, KeyResult } from '../machine/keyspace/event';
import type { StoreStats } from '../machine/keyspace/stats';
import type { Cancel } from '../platform/clock';
import { sleep } from '../platform/sleep';
import type { MemberId } from '../raft/types';
import { handOver } from './handover';
import { StateDiffersError } from './integrityCheck';
import type { LocalMemberParts } from './localMemberParts';
import { assembleMember, type MemberAssembly } from './memberAssembly';
import type { LogFollowing, LogPosition } from './logSource';
import type { MemberReport } from './memberCounters';
import { OutdatedDataError } from './outdatedData';
import type { PeerSide } from './peerSide';
import {
  MemberError,
  type Indexes,
  type Member,
  type MemberStatus,
  type Past,
  type ReadOptions,
  type StateSnapshot,
  type Watch,
  type WatchListener,
  type WatchOptions,
} from './types';

/** How often a member that stops looks whether its callers were answered. */
const LOOK_INTERVAL_MS = 10;

/** One running member: its life from the start to the stop, and what clients and operators ask of it, which its parts answer. */
export class LocalMember implements Member {
  readonly id: MemberId;
  readonly name: string;
  readonly clusterId: string;
  readonly foundation: string | undefined;
  private readonly assembly: MemberAssembly;
  private cancelTicks: Cancel | undefined;
  private stopping = false;
  private removed = false;

  constructor(private readonly parts: LocalMemberParts) {
    const { settings, clusterId, raft, foundation } = parts;
    this.id = raft.id;
    this.name = settings.name;
    this.clusterId = clusterId;
    this.foundation = foundation;
    this.assembly = assembleMember(parts, {
      onMembersChanged: () => {
        this.membersChanged();
      },
      onRemoved: () => {
        this.endAsRemoved();
      },
      onFailure: (error) => {
        this.halt('the member failed');
        parts.onFailure(error);
        if (error instanceof StateDiffersError || error instanceof OutdatedDataError) this.assembly.reads.end();
      },
      isStopping: () => this.stopping,
    });
  }

  /** For the links to the other members. */
  get peerSide(): PeerSide {
    return this.assembly.peerSide;
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
    this.assembly.chores.start();
    void this.published().then(() => {
      this.assembly.auth.noteUpToDate();
    });
  }

  /** Resolves when the cluster knows this member's name and URLs. */
  published(): Promise<void> {
    return this.assembly.chores.publisher.published();
  }

  /** From here on it says that it is not ready; a leader hands leadership over. It goes on serving. */
  async prepareStop(limitMs: number): Promise<void> {
    this.stopping = true;
    await this.giveUpLeadership(limitMs);
  }

  /** A leader makes another member the leader. Resolves when that is so, when there is nobody to lead, or after `limitMs`. */
  async giveUpLeadership(limitMs: number): Promise<void> {
    await handOver(this.parts.raft, this.parts.clock, limitMs, () => {
      this.assembly.loop.wake();
    });
  }

  /** Ends watches, lets what is in flight finish within `graceMs`, stores the rest. The store stays open. */
  async stop(graceMs: number): Promise<void> {
    this.stopping = true;
    for (const watcher of this.parts.state.machine.keySpace.unwatchAll()) watcher.deliver(undefined);
    this.endBackups();
    const deadlineMs = this.parts.clock.monotonicMs() + graceMs;
    while (this.assembly.requests.pending > 0 && this.parts.clock.monotonicMs() < deadlineMs) {
      await sleep(this.parts.clock, LOOK_INTERVAL_MS);
    }
    this.halt('the member is stopping');
    await this.assembly.loop.stop();
    await this.assembly.loop.flush();
  }

  get(path: string, options: ReadOptions, nodesMax?: number): KeyResult {
    return this.assembly.reads.get(path, options, nodesMax);
  }

  childCount(path: string): number | undefined {
    return this.assembly.reads.childCount(path);
  }

  look(path: string, options: ReadOptions): KeyResult {
    return this.assembly.reads.look(path, options);
  }

  isVacant(path: string): boolean {
    return this.assembly.reads.isVacant(path);
  }

  vacantBelow(path: string): Iterator<string | undefined> {
    return this.assembly.reads.vacantBelow(path);
  }

  past(path: string, sinceIndex: number): Past {
    return this.assembly.reads.past(path, sinceIndex);
  }

  isUnchanged(path: string, etcdIndex: number): boolean {
    return this.assembly.reads.isUnchanged(path, etcdIndex);
  }

  readBarrier(): Promise<void> {
    return this.assembly.reads.readBarrier();
  }

  propose(command: KeyCommand, client?: string): Promise<KeyResult> {
    return this.refusedInDoubt() ?? this.assembly.requests.propose(command, client);
  }

  auth(): AuthView {
    return this.assembly.auth.auth();
  }

  isAuthUndecided(): boolean {
    return this.assembly.auth.isAuthUndecided();
  }

  hasState(): boolean {
    return this.assembly.auth.hasState();
  }

  isUpToDate(): boolean {
    return this.assembly.auth.isUpToDate();
  }

  whenUpToDate(): Promise<void> {
    return this.assembly.auth.whenUpToDate();
  }

  onAuthChange(listener: () => void): () => void {
    return this.assembly.auth.onAuthChange(listener);
  }

  proposeAuth(change: AuthChange): Promise<AuthResult> {
    return this.refusedInDoubt() ?? this.assembly.auth.proposeAuth(change);
  }

  watch(path: string, options: WatchOptions, listener: WatchListener): Watch | KeyError {
    return this.assembly.reads.watch(path, options, listener);
  }

  indexes(): Indexes {
    return this.assembly.reads.indexes();
  }

  status(): MemberStatus {
    return this.assembly.reporter.status();
  }

  storeStats(): StoreStats {
    return this.assembly.reporter.storeStats();
  }

  /** What it counts about itself beyond its status. */
  report(): MemberReport {
    return this.assembly.reporter.report();
  }

  members(): readonly MemberInfo[] {
    return this.assembly.membership.members();
  }

  clusterVersion(): string {
    return this.assembly.membership.clusterVersion();
  }

  addMember(peerURLs: readonly string[]): Promise<MemberInfo> {
    return this.assembly.membership.addMember(peerURLs);
  }

  removeMember(id: MemberId, options?: { readonly onlyIfLost: boolean }): Promise<void> {
    return this.assembly.membership.removeMember(id, options);
  }

  updateMember(id: MemberId, peerURLs: readonly string[]): Promise<void> {
    return this.assembly.membership.updateMember(id, peerURLs);
  }

  clusterSettings(): ClusterSettings {
    return this.assembly.membership.clusterSettings();
  }

  changeSettings(change: SettingsChange): Promise<boolean> {
    return this.refusedInDoubt() ?? this.assembly.membership.changeSettings(change);
  }

  standbyLooks(peerURL: string, source: string): boolean {
    return this.assembly.chores.activeSize.looks(peerURL, source);
  }

  snapshot(options: { readonly quorum: boolean }): Promise<StateSnapshot> {
    return this.assembly.snapshots.snapshot(options);
  }

  followLog(after: LogPosition, signal: AbortSignal): Promise<LogFollowing> {
    return this.assembly.logFeed.followLog(after, signal);
  }

  private endBackups(): void {
    this.assembly.snapshots.end();
    this.assembly.logFeed.end();
  }

  private refusedInDoubt(): Promise<never> | undefined {
    const isInDoubt = this.parts.state.machine.integrity.doubt !== 0;
    return isInDoubt ? Promise.reject(new MemberError('stateInDoubt', 'etcdserver: corrupt cluster')) : undefined;
  }

  private tick(): void {
    const nowMs = this.parts.clock.monotonicMs();
    this.assembly.counters.tick(nowMs);
    this.assembly.chores.tick(nowMs);
    this.assembly.requests.expire(nowMs);
    this.assembly.loop.tick();
  }

  private membersChanged(): void {
    this.assembly.chores.peers.update();
    if (this.parts.state.machine.cluster.wasRemoved(this.id)) this.endAsRemoved();
  }

  private endAsRemoved(): void {
    if (this.removed) return;
    this.removed = true;
    // Nobody takes anything from it any more: its clients had better ask another member at once.
    this.assembly.requests.end('the member was removed');
    this.parts.onRemoved();
  }

  private halt(reason: string): void {
    this.stopping = true;
    this.cancelTicks?.();
    this.endBackups();
    this.assembly.chores.stop();
    this.assembly.requests.end(reason);
  }
}
