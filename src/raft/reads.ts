/**
 * Linearizable reads without log entries (thesis section 6.4). The leader notes its commit index, has a majority confirm
 * in one round of heartbeats that it still leads, and answers. Reads that arrive while a round is under way share the next.
 */
import type { MemberId } from './types';

/** A read at the leader: its own (`from` undefined) or one that a follower forwarded. */
export interface WaitingRead {
  readonly from: MemberId | undefined;
  readonly context: number;
}

export interface ReadRound {
  readonly number: number;
  /** The leader's commit index when the round began. */
  readonly index: number;
  readonly reads: readonly WaitingRead[];
  readonly confirmedBy: Set<MemberId>;
}

/** The leader's side. */
export class ReadRounds {
  private waiting: WaitingRead[] = [];
  private current: ReadRound | undefined;
  private lastNumber = 0;

  get round(): ReadRound | undefined {
    return this.current;
  }

  /** What heartbeats carry: 0 if no round is under way. */
  get roundNumber(): number {
    return this.current?.number ?? 0;
  }

  get hasWaiting(): boolean {
    return this.waiting.length > 0;
  }

  /** A follower has one request outstanding at most: a newer one of the same follower takes the place of the older. */
  add(read: WaitingRead): void {
    if (read.from !== undefined) this.waiting = this.waiting.filter((other) => other.from !== read.from);
    this.waiting.push(read);
  }

  begin(index: number): ReadRound {
    this.lastNumber += 1;
    this.current = { number: this.lastNumber, index, reads: this.waiting, confirmedBy: new Set() };
    this.waiting = [];
    return this.current;
  }

  confirmed(by: MemberId, number: number): void {
    if (this.current?.number === number) this.current.confirmedBy.add(by);
  }

  end(): void {
    this.current = undefined;
  }

  /** Everything that is not answered yet, which is forgotten. */
  drain(): readonly WaitingRead[] {
    const reads = [...(this.current?.reads ?? []), ...this.waiting];
    this.current = undefined;
    this.waiting = [];
    return reads;
  }
}

interface Forwarded {
  readonly context: number;
  readonly reads: readonly number[];
  ticks: number;
}

/** The follower's side: one request to the leader at a time, for everything that waited when it was made. */
export class ForwardedReads {
  private waiting: number[] = [];
  private outstanding: Forwarded | undefined;

  /** `nextContext` must not repeat over restarts, or a late answer to an earlier life could be taken for a new one. */
  constructor(private nextContext: number) {}

  get hasAny(): boolean {
    return this.outstanding !== undefined || this.waiting.length > 0;
  }

  add(context: number): void {
    this.waiting.push(context);
  }

  /** The context of a request to send now, or undefined. */
  begin(): number | undefined {
    if (this.outstanding !== undefined || this.waiting.length === 0) return undefined;
    this.outstanding = { context: this.nextContext, reads: this.waiting, ticks: 0 };
    this.nextContext += 1;
    this.waiting = [];
    return this.outstanding.context;
  }

  /** The reads that the answer to `context` is for; none if it is not the outstanding one. */
  answered(context: number): readonly number[] {
    if (this.outstanding?.context !== context) return [];
    const reads = this.outstanding.reads;
    this.outstanding = undefined;
    return reads;
  }

  /** Counts the age of the outstanding request in ticks. */
  tick(): { readonly context: number; readonly ticks: number } | undefined {
    if (this.outstanding === undefined) return undefined;
    this.outstanding.ticks += 1;
    return this.outstanding;
  }

  drain(): readonly number[] {
    const reads = [...(this.outstanding?.reads ?? []), ...this.waiting];
    this.outstanding = undefined;
    this.waiting = [];
    return reads;
  }
}
