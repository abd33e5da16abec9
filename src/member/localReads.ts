import type { KeyError, KeyResult } from '../machine/keyspace/event';
import type { StoreStats } from '../machine/keyspace/stats';
import type { Clock } from '../platform/clock';
import type { Raft } from '../raft/raft';
import type { PendingRequests } from './pendingRequests';
import type { CurrentState } from './currentState';
import { MemberError } from './types';
import type { Indexes, KeyReader, OwnReader, Past, ReadOptions, Watch, WatchListener, WatchOptions } from './types';
import { registerWatch } from './watches';

/** Reads of this member's state, and how many there were since it was started. */
export class LocalReads implements KeyReader, OwnReader {
  /** Watches that were asked for. */
  watchRequests = 0;
  /** The state is not to be shown any more. */
  private isOver = false;
  private readonly success = { gets: 0, recursiveGets: 0 };
  private readonly fail = { gets: 0, recursiveGets: 0 };

  constructor(
    readonly clusterId: string,
    private readonly raft: Raft,
    private readonly state: CurrentState,
    private readonly clock: Pick<Clock, 'now'>,
    private readonly requests: Pick<PendingRequests, 'readBarrier'>,
  ) {}

  /** The state is wrong, or older than what was acknowledged: from here on nothing of it is read, and no watch hears of it. */
  end(): void {
    this.isOver = true;
    for (const watcher of this.state.machine.keySpace.unwatchAll()) watcher.deliver(undefined);
  }

  /** As all that shows the state: @throws MemberError 'stopped' once it is not to be shown any more. */
  get(path: string, options: ReadOptions, nodesMax?: number): KeyResult {
    const result = this.look(path, options, nodesMax);
    const counts = result.ok ? this.success : this.fail;
    counts.gets++;
    if (options.recursive) counts.recursiveGets++;
    return result;
  }

  look(path: string, { recursive, sorted }: ReadOptions, nodesMax?: number): KeyResult {
    this.checkShown();
    return this.state.machine.keySpace.get(path, recursive, sorted, this.clock.now(), nodesMax);
  }

  childCount(path: string): number | undefined {
    return this.state.machine.keySpace.childCount(path);
  }

  isVacant(path: string): boolean {
    return this.state.machine.keySpace.isVacant(path);
  }

  vacantBelow(path: string): Iterator<string | undefined> {
    return this.state.machine.keySpace.vacantBelow(path);
  }

  past(path: string, sinceIndex: number): Past {
    this.checkShown();
    const { keySpace } = this.state.machine;
    return { ...keySpace.past(path, sinceIndex), etcdIndex: keySpace.index };
  }

  isUnchanged(path: string, etcdIndex: number): boolean {
    this.checkShown();
    return this.state.machine.keySpace.isUnchanged(path, etcdIndex);
  }

  readBarrier(): Promise<void> {
    return this.requests.readBarrier();
  }

  watch(path: string, options: WatchOptions, listener: WatchListener): Watch | KeyError {
    this.checkShown();
    this.watchRequests++;
    return registerWatch(this.state, path, options, listener);
  }

  indexes(): Indexes {
    const { state, raft } = this;
    return { etcdIndex: state.machine.keySpace.index, raftIndex: raft.commit, raftTerm: raft.term };
  }

  gets(): Pick<StoreStats, 'getsSuccess' | 'getsFail'> {
    return { getsSuccess: this.success.gets, getsFail: this.fail.gets };
  }

  /** How many of the gets were recursive. */
  recursiveGets(): { readonly recursiveGetsSuccess: number; readonly recursiveGetsFail: number } {
    return { recursiveGetsSuccess: this.success.recursiveGets, recursiveGetsFail: this.fail.recursiveGets };
  }

  private checkShown(): void {
    if (this.isOver) throw new MemberError('stopped', 'etcdserver: server stopped: the member failed');
  }
}
