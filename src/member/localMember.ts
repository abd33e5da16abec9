import type { Command } from '../machine/command';
import type { MemberInfo } from '../machine/cluster/members';
import type { KeyError, KeyResult } from '../machine/keyspace/event';
import type { StoreStats } from '../machine/keyspace/stats';
import type { Machine } from '../machine/machine';
import type { Raft } from '../raft/raft';
import type { MemberStore } from '../storage/memberStore';
import { Compaction } from './compaction';
import type { Cancel, Clock } from './environment';
import { ExpiryClock } from './expiryClock';
import { Loop } from './loop';
import { Proposals } from './proposals';
import { Publisher } from './publisher';
import { ReadBarriers } from './readBarriers';
import { EXPIRY_INTERVAL_MS, requestTimeoutMs, type MemberSettings } from './settings';
import type { Transport } from './transport';
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

export interface LocalMemberParts {
  readonly settings: MemberSettings;
  readonly clusterId: string;
  readonly raft: Raft;
  readonly machine: Machine;
  readonly store: MemberStore;
  readonly transport: Transport;
  readonly clock: Clock;
  /** See Proposals. */
  readonly run: number;
  readonly onFailure: (error: unknown) => void;
}

/** One running member: joins raft, machine, storage and transport, and answers what clients and operators ask. */
export class LocalMember implements Member {
  readonly id: string;
  readonly name: string;
  readonly clusterId: string;
  private readonly proposals: Proposals;
  private readonly reads = new ReadBarriers();
  private readonly loop: Loop;
  private readonly expiry: ExpiryClock;
  private readonly publisher: Publisher;
  private readonly startedAtMs: number;
  private readonly timeoutMs: number;
  /** What was committed when it started is applied from here on. */
  private readonly readyIndex: number;
  private leaderSince: { readonly id: string; readonly sinceMs: number } | undefined;
  private timers: Cancel[] = [];
  private stopping = false;

  constructor(private readonly parts: LocalMemberParts) {
    const { settings, raft, machine, store, transport, clock, run, onFailure } = parts;
    this.id = raft.id;
    this.name = settings.name;
    this.clusterId = parts.clusterId;
    this.startedAtMs = clock.now();
    this.timeoutMs = requestTimeoutMs(settings);
    this.readyIndex = raft.status().commit;
    this.proposals = new Proposals(raft.id, run);
    const propose = (command: Command): Promise<KeyResult> => this.propose(command);
    this.expiry = new ExpiryClock(raft, machine, clock, propose);
    this.publisher = new Publisher(settings, raft, machine, propose);
    const compaction = new Compaction(settings.snapshotCount, raft.status().firstIndex - 1);
    compaction.stored(raft.entries(raft.status().firstIndex, raft.status().lastIndex));
    this.loop = new Loop({
      raft,
      machine,
      store,
      transport,
      clock,
      compaction,
      proposals: this.proposals,
      reads: this.reads,
      onFailure: (error) => {
        this.halt('the member failed');
        onFailure(error);
      },
      onApplied: () => {
        this.publisher.check();
      },
    });
  }

  /** Begins to tick. A cluster of one elects itself at once instead of waiting for a timeout. */
  start(): void {
    const { raft, clock, settings } = this.parts;
    this.timers = [
      clock.every(settings.heartbeatIntervalMs, () => {
        this.tick();
      }),
      clock.every(EXPIRY_INTERVAL_MS, () => {
        this.expiry.check();
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

  /** Ends watches, lets what is in flight finish within `graceMs`, stores the rest. The store stays open. */
  async stop(graceMs: number): Promise<void> {
    if (this.stopping) return;
    this.stopping = true;
    for (const watcher of this.parts.machine.keySpace.unwatchAll()) watcher.deliver(undefined);
    const deadlineMs = this.parts.clock.now() + graceMs;
    while (this.proposals.pending + this.reads.pending > 0 && this.parts.clock.now() < deadlineMs) {
      await new Promise<void>((resolve) => this.parts.clock.after(10, resolve));
    }
    this.halt('the member is stopping');
    await this.loop.stop();
    await this.loop.flush();
  }

  get(path: string, options: ReadOptions): KeyResult {
    return this.parts.machine.keySpace.get(path, options.recursive, options.sorted, this.parts.clock.now());
  }

  readBarrier(): Promise<void> {
    if (this.stopping) return Promise.reject(stoppedError('the member is stopping'));
    const done = this.reads.add(this.parts.clock.now() + this.timeoutMs);
    this.loop.wake();
    return done;
  }

  propose(command: Command): Promise<KeyResult> {
    if (this.stopping) return Promise.reject(stoppedError('the member is stopping'));
    const done = this.proposals.add(command, this.parts.clock.now() + this.timeoutMs);
    this.loop.wake();
    return done;
  }

  watch(path: string, options: WatchOptions, listener: WatchListener): Watch | KeyError {
    const { keySpace } = this.parts.machine;
    const watcher = { path, ...options, deliver: listener };
    const watched = keySpace.watch(watcher);
    if (!watched.ok) return watched;
    const cancel = (): void => {
      keySpace.unwatch(watcher);
    };
    return { ok: true, etcdIndex: watched.etcdIndex, past: watched.past, cancel };
  }

  indexes(): Indexes {
    const { machine, raft } = this.parts;
    return { etcdIndex: machine.keySpace.index, raftIndex: raft.commit, raftTerm: raft.term };
  }

  status(): MemberStatus {
    const raft = this.parts.raft.status();
    return {
      raft,
      startedAtMs: this.startedAtMs,
      leader: this.leaderSince,
      traffic: NO_TRAFFIC,
      followers: [],
      ready: !this.stopping && raft.applied >= this.readyIndex,
      stopping: this.stopping,
    };
  }

  storeStats(): StoreStats {
    return this.parts.machine.keySpace.stats();
  }

  members(): readonly MemberInfo[] {
    return this.parts.machine.cluster.members();
  }

  clusterVersion(): string {
    return this.parts.machine.cluster.version || 'not_decided';
  }

  private tick(): void {
    const { raft, clock } = this.parts;
    const nowMs = clock.now();
    raft.tick();
    this.noteLeader(nowMs);
    this.publisher.check();
    this.proposals.expire(nowMs, timeoutError);
    this.reads.expire(nowMs, timeoutError);
    this.loop.wake();
  }

  private noteLeader(nowMs: number): void {
    const leader = this.parts.raft.leader;
    if (leader === this.leaderSince?.id) return;
    this.leaderSince = leader === undefined ? undefined : { id: leader, sinceMs: nowMs };
  }

  private halt(reason: string): void {
    this.stopping = true;
    for (const cancel of this.timers.splice(0)) cancel();
    this.proposals.rejectAll(stoppedError(reason));
    this.reads.rejectAll(stoppedError(reason));
  }
}

const NO_TRAFFIC = {
  recvAppendRequestCnt: 0,
  sendAppendRequestCnt: 0,
  recvPkgRate: 0,
  recvBandwidthRate: 0,
  sendPkgRate: 0,
  sendBandwidthRate: 0,
};

function timeoutError(): MemberError {
  return new MemberError('timeout', 'etcdserver: request timed out');
}

function stoppedError(reason: string): MemberError {
  return new MemberError('stopped', `etcdserver: server stopped: ${reason}`);
}
