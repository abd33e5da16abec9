import type { Command } from '../machine/command';
import { encodeBatch, type CommandBatch } from '../machine/commandCodec';
import type { KeyResult } from '../machine/keyspace/event';
import type { Applied } from '../machine/machine';
import { ENTRY_BYTES_MAX, PROPOSALS_MAX } from './settings';
import { MemberError } from './types';

interface Waiting {
  readonly command: Command;
  readonly resolve: (result: KeyResult) => void;
  readonly reject: (error: MemberError) => void;
  readonly deadlineMs: number;
}

/** Commands that travel together. */
export interface OutgoingBatch {
  readonly sequence: number;
  readonly data: Buffer;
}

/** Fixed cost of a command in an entry, roughly; only for deciding where to cut. */
const COMMAND_OVERHEAD_BYTES = 32;

/**
 * Callers that wait for their command: first for the next turn, then, as part of a batch, for the batch to be applied here.
 * A batch keeps its callers until it is applied or their time is up; whether an unanswered command took effect is unknown.
 */
export class Proposals {
  /** Commands whose caller got an error. */
  failed = 0;
  private queue: Waiting[] = [];
  private readonly inFlight = new Map<number, readonly Waiting[]>();
  private waiting = 0;
  private sequence = 0;

  /**
   * @param origin this member's id
   * @param run the number of this run of the member; no earlier one may have had it
   */
  constructor(
    private readonly origin: string,
    readonly run: number,
  ) {}

  /** Commands that are not answered yet. */
  get pending(): number {
    return this.waiting;
  }

  get hasQueued(): boolean {
    return this.queue.length > 0;
  }

  add(command: Command, deadlineMs: number): Promise<KeyResult> {
    if (this.waiting >= PROPOSALS_MAX) {
      this.failed++;
      return Promise.reject(new MemberError('tooManyRequests', 'etcdserver: too many requests'));
    }
    this.waiting++;
    return new Promise((resolve, reject) => {
      this.queue.push({ command, resolve, reject, deadlineMs });
    });
  }

  /** Everything queued, cut into batches of bounded size. A batch is in flight from here on. */
  takeBatches(): OutgoingBatch[] {
    const batches: OutgoingBatch[] = [];
    while (this.queue.length > 0) {
      const members = this.queue.splice(0, this.batchLength());
      const sequence = ++this.sequence;
      const batch: CommandBatch = {
        origin: this.origin,
        run: this.run,
        sequence,
        commands: members.map(({ command }) => command),
      };
      this.inFlight.set(sequence, members);
      batches.push({ sequence, data: encodeBatch(batch) });
    }
    return batches;
  }

  /** The batch did not leave: its callers queue again, in front. */
  putBack(sequence: number): void {
    const members = this.inFlight.get(sequence);
    if (members === undefined) return;
    this.inFlight.delete(sequence);
    this.queue = [...members, ...this.queue];
  }

  /** The batch will never be applied. */
  fail(sequence: number, error: MemberError): void {
    const members = this.inFlight.get(sequence) ?? [];
    this.inFlight.delete(sequence);
    this.reject(members, error);
  }

  /** Answers the callers of an applied batch, if it is one of this member's. */
  settle(applied: Applied): void {
    if (applied.origin !== this.origin || applied.run !== this.run) return;
    const members = this.inFlight.get(applied.sequence);
    if (members === undefined) return;
    this.inFlight.delete(applied.sequence);
    this.waiting -= members.length;
    members.forEach((member, position) => {
      const result = applied.results[position];
      // Commands without an answer are the member's own; nobody looks at what they resolve to.
      member.resolve(result ?? NO_ANSWER);
    });
  }

  /** Rejects every caller whose time is up. Batches and queue are in order of arrival, so only the oldest are looked at. */
  expire(nowMs: number, error: () => MemberError): void {
    for (const [sequence, members] of this.inFlight) {
      const last = members.at(-1);
      if (last !== undefined && last.deadlineMs > nowMs) break;
      this.inFlight.delete(sequence);
      this.reject(members, error());
    }
    const alive = this.queue.findIndex(({ deadlineMs }) => deadlineMs > nowMs);
    const overdue = this.queue.splice(0, alive === -1 ? this.queue.length : alive);
    if (overdue.length > 0) this.reject(overdue, error());
  }

  rejectAll(error: MemberError): void {
    for (const members of this.inFlight.values()) this.reject(members, error);
    this.inFlight.clear();
    this.reject(this.queue.splice(0), error);
  }

  private reject(members: readonly Waiting[], error: MemberError): void {
    this.waiting -= members.length;
    this.failed += members.length;
    for (const member of members) member.reject(error);
  }

  private batchLength(): number {
    let bytes = 0;
    let length = 0;
    for (const { command } of this.queue) {
      bytes += sizeOf(command);
      if (length > 0 && bytes > ENTRY_BYTES_MAX) break;
      length++;
    }
    return length;
  }
}

const NO_ANSWER: KeyResult = { ok: false, code: 100, cause: '', etcdIndex: 0 };

function sizeOf(command: Command): number {
  const path = 'path' in command ? command.path.length : 0;
  const value = 'value' in command ? command.value.length : 0;
  const previous = 'prevValue' in command ? command.prevValue.length : 0;
  return COMMAND_OVERHEAD_BYTES + path + value + previous;
}
