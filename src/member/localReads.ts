import type { KeyError, KeyResult } from '../machine/keyspace/event';
import type { StoreStats } from '../machine/keyspace/stats';
import type { Clock } from '../platform/clock';
import type { Raft } from '../raft/raft';
import type { PendingRequests } from './pendingRequests';
import type { CurrentState } from './currentState';
import type { Indexes, KeyReader, OwnReader, Past, ReadOptions, Watch, WatchListener, WatchOptions } from './types';
import { registerWatch } from './watches';

/** Reads of this member's state, and how many there were since it was started. */
export class LocalReads implements KeyReader, OwnReader {
  /** Watches that were asked for. */
  watchRequests = 0;
  private readonly success = { gets: 0, recursiveGets: 0 };
  private readonly fail = { gets: 0, recursiveGets: 0 };

  constructor(
    readonly clusterId: string,
    private readonly raft: Raft,
    private readonly state: CurrentState,
    private readonly clock: Pick<Clock, 'now'>,
    private readonly requests: Pick<PendingRequests, 'readBarrier'>,
  ) {}

  get(path: string, { recursive, sorted }: ReadOptions, nodesMax?: number): KeyResult {
    const result = this.state.machine.keySpace.get(path, recursive, sorted, this.clock.now(), nodesMax);
    const counts = result.ok ? this.success : this.fail;
    counts.gets++;
    if (recursive) counts.recursiveGets++;
    return result;
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
    const { keySpace } = this.state.machine;
    return { ...keySpace.past(path, sinceIndex), etcdIndex: keySpace.index };
  }

  isUnchanged(path: string, etcdIndex: number): boolean {
    return this.state.machine.keySpace.isUnchanged(path, etcdIndex);
  }

  readBarrier(): Promise<void> {
    return this.requests.readBarrier();
  }

  watch(path: string, options: WatchOptions, listener: WatchListener): Watch | KeyError {
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
}
