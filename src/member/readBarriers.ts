import type { ReadState } from '../raft/types';
import { READS_MAX } from './settings';
import { MemberError } from './types';

interface Waiting {
  readonly resolve: () => void;
  readonly reject: (error: MemberError) => void;
  readonly deadlineMs: number;
}

interface Round {
  readonly callers: readonly Waiting[];
  /** Known once the leader has confirmed; the callers go when it is applied. */
  index: number | undefined;
}

/**
 * Linearizable reads that wait (thesis section 6.4). Those that arrive in one turn share one question to raft; one that was
 * refused (no leader yet, leadership lost) is asked again on the next tick until its callers' time is up.
 */
export class ReadBarriers {
  /** Rounds that raft refused; their callers ask again. */
  refused = 0;
  /** Callers whose time was up. */
  timedOut = 0;
  private queue: Waiting[] = [];
  private readonly rounds = new Map<number, Round>();
  private context = 0;
  private callers = 0;

  get hasQueued(): boolean {
    return this.queue.length > 0;
  }

  get pending(): number {
    return this.callers;
  }

  add(deadlineMs: number): Promise<void> {
    if (this.callers >= READS_MAX) {
      return Promise.reject(new MemberError('tooManyRequests', 'etcdserver: too many requests'));
    }
    this.callers++;
    return new Promise((resolve, reject) => {
      this.queue.push({ resolve, reject, deadlineMs });
    });
  }

  /** The context to ask raft with, for everyone queued; undefined if nobody is. */
  takeRound(): number | undefined {
    if (this.queue.length === 0) return undefined;
    const context = ++this.context;
    this.rounds.set(context, { callers: this.queue, index: undefined });
    this.queue = [];
    return context;
  }

  /** Raft's answer. */
  answered(state: ReadState): void {
    const round = this.rounds.get(state.context);
    if (round === undefined) return;
    if (state.index !== undefined) {
      round.index = state.index;
      return;
    }
    this.refused++;
    this.rounds.delete(state.context);
    this.queue.push(...round.callers);
  }

  /** Lets go everyone whose index is applied. */
  release(applied: number): void {
    for (const [context, round] of this.rounds) {
      if (round.index === undefined || round.index > applied) continue;
      this.rounds.delete(context);
      this.callers -= round.callers.length;
      for (const caller of round.callers) caller.resolve();
    }
  }

  expire(nowMs: number, error: () => MemberError): void {
    for (const [context, round] of this.rounds) {
      if (round.callers.some(({ deadlineMs }) => deadlineMs > nowMs)) continue;
      this.rounds.delete(context);
      this.callers -= round.callers.length;
      this.timedOut += round.callers.length;
      for (const caller of round.callers) caller.reject(error());
    }
    const overdue = this.queue.filter(({ deadlineMs }) => deadlineMs <= nowMs);
    this.queue = this.queue.filter(({ deadlineMs }) => deadlineMs > nowMs);
    this.callers -= overdue.length;
    this.timedOut += overdue.length;
    for (const caller of overdue) caller.reject(error());
  }

  rejectAll(error: MemberError): void {
    for (const round of this.rounds.values()) for (const caller of round.callers) caller.reject(error);
    this.rounds.clear();
    for (const caller of this.queue.splice(0)) caller.reject(error);
    this.callers = 0;
  }
}
