import type { ClusterChange } from '../machine/cluster/clusterState';
import type { Command } from '../machine/command';
import type { ResultOf } from '../machine/commands/kind';
import type { MemberId } from '../raft/types';
import { Changes } from './changes';
import type { Clock } from '../platform/clock';
import { Proposals } from './proposals';
import { ReadBarriers } from './readBarriers';
import { MemberError } from './types';

/** Everyone who waits for an answer: for a command, a membership change or a linearizable read. Each wait has a limit. */
export class PendingRequests {
  readonly proposals: Proposals;
  readonly changes: Changes;
  readonly reads = new ReadBarriers();
  private ended: MemberError | undefined;

  /**
   * @param run see CommandBatch
   * @param wake asks for a turn of the loop, which takes up what is queued
   * @param level the feature level in force
   */
  constructor(
    id: MemberId,
    run: number,
    private readonly clock: Clock,
    private readonly timeoutMs: number,
    private readonly wake: () => void,
    level?: () => number,
  ) {
    this.proposals = new Proposals(id, run, level);
    this.changes = new Changes(id, run);
  }

  get pending(): number {
    return this.proposals.pending + this.changes.pending + this.reads.pending;
  }

  /** @param client see Proposals.add */
  propose<C extends Command>(command: C, client?: string): Promise<ResultOf<C>> {
    return this.taken(() => this.proposals.add(command, this.deadlineMs(), false, client));
  }

  /** As `propose`, for what is worth something only from a leader: it is given up when leadership is lost meanwhile. */
  proposeAsLeader<C extends Command>(command: C): Promise<ResultOf<C>> {
    return this.taken(() => this.proposals.add(command, this.deadlineMs(), true));
  }

  change(change: ClusterChange): Promise<void> {
    return this.taken(() => this.changes.add(change, this.deadlineMs()));
  }

  readBarrier(): Promise<void> {
    return this.taken(() => this.reads.add(this.deadlineMs()));
  }

  /**
   * The state jumped over entries of the log, perhaps over some of this member's, which will never be applied one by one here.
   * So once this member is where the leader was, what was in flight at the jump and is still unanswered is told that its fate
   * is unknown. A command that the leader had not committed by then may be told so although it is applied later.
   */
  stateReplaced(): void {
    const { proposals, changes } = this;
    const [lastBatch, lastChange] = [proposals.lastSequence, changes.lastSequence];
    if (proposals.pending + changes.pending === 0) return;
    this.readBarrier().then(
      () => {
        proposals.abandon(lastBatch, timeoutError());
        changes.abandon(lastChange, timeoutError());
      },
      // Their own time is up by then too.
      () => undefined,
    );
  }

  /** Tells those whose time is up, by `monotonicMs` of the clock. */
  expire(nowMs: number): void {
    this.proposals.expire(nowMs, timeoutError);
    this.changes.expire(nowMs, timeoutError);
    this.reads.expire(nowMs, timeoutError);
  }

  /** Turns away all that wait, and whoever comes later: nobody would answer them any more. */
  end(reason: string): void {
    const error = new MemberError('stopped', `etcdserver: server stopped: ${reason}`);
    this.ended ??= error;
    this.proposals.rejectAll(error);
    this.changes.rejectAll(error);
    this.reads.rejectAll(error);
  }

  private taken<T>(add: () => Promise<T>): Promise<T> {
    if (this.ended !== undefined) return Promise.reject(this.ended);
    this.wake();
    return add();
  }

  private deadlineMs(): number {
    return this.clock.monotonicMs() + this.timeoutMs;
  }
}

function timeoutError(): MemberError {
  return new MemberError('timeout', 'etcdserver: request timed out');
}
