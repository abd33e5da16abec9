import type { ProposedChange } from '../machine/cluster/clusterRows';
import type { ClusterChange } from '../machine/cluster/clusterState';
import type { MemberId } from '../raft/types';
import { CHANGES_MAX } from './settings';
import { MemberError, MembershipError, type MembershipRefusal } from './types';

interface Waiting {
  readonly change: ClusterChange;
  readonly resolve: () => void;
  readonly reject: (error: Error) => void;
  readonly deadlineMs: number;
  /** Who may say that it was not taken. */
  sentTo: MemberId | undefined;
}

/** Membership changes that wait for the leader to take them and for this member to apply them; see Proposals. */
export class Changes {
  private readonly queued = new Map<number, Waiting>();
  private readonly inFlight = new Map<number, Waiting>();
  private sequence = 0;

  /**
   * @param origin this member's id
   * @param run the number of this run of the member
   */
  constructor(
    private readonly origin: string,
    private readonly run: number,
  ) {}

  get pending(): number {
    return this.queued.size + this.inFlight.size;
  }

  get hasQueued(): boolean {
    return this.queued.size > 0;
  }

  add(change: ClusterChange, deadlineMs: number): Promise<void> {
    if (this.pending >= CHANGES_MAX) {
      return Promise.reject(new MemberError('tooManyRequests', 'etcdserver: too many requests'));
    }
    return new Promise((resolve, reject) => {
      this.queued.set(++this.sequence, { change, resolve, reject, deadlineMs, sentTo: undefined });
    });
  }

  /** Everything queued; in flight from here on. */
  take(): ProposedChange[] {
    const taken = [...this.queued].map(([sequence, waiting]) => {
      this.inFlight.set(sequence, waiting);
      return { origin: this.origin, run: this.run, sequence, change: waiting.change };
    });
    this.queued.clear();
    return taken;
  }

  /** The change left for the leader `to`, the only one who may say now that it was not taken. */
  sent(sequence: number, to: MemberId): void {
    const waiting = this.inFlight.get(sequence);
    if (waiting !== undefined) waiting.sentTo = to;
  }

  /** Whether the change is in flight to `to`, and so `to` may decline it. */
  wasSentTo(sequence: number, to: MemberId): boolean {
    return this.inFlight.get(sequence)?.sentTo === to;
  }

  /** The change was not taken for now: it queues again. */
  putBack(sequence: number): void {
    const waiting = this.inFlight.get(sequence);
    if (waiting === undefined) return;
    this.inFlight.delete(sequence);
    waiting.sentTo = undefined;
    this.queued.set(sequence, waiting);
  }

  refuse(sequence: number, refusal: MembershipRefusal): void {
    const waiting = this.inFlight.get(sequence);
    this.inFlight.delete(sequence);
    waiting?.reject(new MembershipError(refusal));
  }

  /** Of the change that was asked for last. */
  get lastSequence(): number {
    return this.sequence;
  }

  /** Nobody will hear what became of the changes in flight up to this one. */
  abandon(lastSequence: number, error: MemberError): void {
    for (const [sequence, { reject }] of this.inFlight) {
      if (sequence > lastSequence) continue;
      this.inFlight.delete(sequence);
      reject(error);
    }
  }

  /** The change is applied here. */
  settle(proposed: ProposedChange): void {
    if (proposed.origin !== this.origin || proposed.run !== this.run) return;
    const waiting = this.inFlight.get(proposed.sequence);
    this.inFlight.delete(proposed.sequence);
    waiting?.resolve();
  }

  expire(nowMs: number, error: () => MemberError): void {
    for (const waiters of [this.queued, this.inFlight]) {
      for (const [sequence, { deadlineMs, reject }] of waiters) {
        if (deadlineMs > nowMs) continue;
        waiters.delete(sequence);
        reject(error());
      }
    }
  }

  rejectAll(error: MemberError): void {
    this.expire(Number.POSITIVE_INFINITY, () => error);
  }
}
