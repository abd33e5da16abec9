import { faultOfCommand, faultOfLevel } from '../machine/batchRules';
import type { Command } from '../machine/command';
import { encodeBatch, sizeOfCommand } from '../machine/commandCodec';
import type { ResultOf } from '../machine/commands/kind';
import { FIRST_LEVEL } from '../machine/features';
import type { Applied, CommandResult } from '../machine/machine';
import type { MemberId } from '../raft/types';
import { networkOf } from '../platform/network';
import { FairQueue } from './fairQueue';
import { ENTRY_BYTES_MAX, LONG_COMMAND_BYTES, LONG_IN_FLIGHT_BYTES } from './settings';
import { PROPOSAL_BYTES_MAX, PROPOSALS_MAX } from './settings';
import { MemberError } from './types';

interface Waiting {
  readonly command: Command;
  readonly bytes: number;
  /** Worth something only while this member leads: its clock, for one. */
  readonly onlyAsLeader: boolean;
  readonly resolve: (result: CommandResult | undefined) => void;
  readonly reject: (error: MemberError) => void;
  readonly deadlineMs: number;
}

/** Commands that travel together. They are encoded once, however often they have to be offered. */
export interface OutgoingBatch {
  readonly sequence: number;
  readonly data: Buffer;
  readonly commands: readonly Command[];
  /** Must not be handed to another leader. */
  readonly onlyAsLeader: boolean;
}

interface Batch extends OutgoingBatch {
  readonly members: readonly Waiting[];
  /** Of long commands, which hold up others while it is on its way. */
  isLong: boolean;
  /** Who may say that it was not taken. */
  sentTo: MemberId | undefined;
}

/**
 * Callers that wait for their command: first in a queue, then as part of a batch, for the batch to be applied here. First
 * come, first served: a batch that was not taken is offered again before everything younger. Only long commands wait for each
 * other, those of each client in their turn, while short ones pass: each caller waits for one answer, so nobody gave two of them in an order. A batch keeps its callers
 * until it is applied or their time is up; whether an unanswered command took effect is unknown.
 */
export class Proposals {
  /** Commands whose caller got an error. */
  failed = 0;
  private short: Waiting[] = [];
  private readonly long = new FairQueue<Waiting>();
  private longInFlightBytes = 0;
  /** Batches that were not taken, the oldest first. */
  private readonly declined: Batch[] = [];
  private readonly inFlight = new Map<number, Batch>();
  private waiting = 0;
  private waitingBytes = 0;
  private sequence = 0;

  /**
   * @param origin this member's id
   * @param run the number of this run of the member; no earlier one may have had it
   * @param level the feature level in force, as this member has applied it
   */
  constructor(
    private readonly origin: string,
    readonly run: number,
    private readonly level: () => number = () => FIRST_LEVEL,
  ) {}

  /** Commands that are not answered yet. */
  get pending(): number {
    return this.waiting;
  }

  /** About what these take, in bytes. */
  get pendingBytes(): number {
    return this.waitingBytes;
  }

  /** Something that may be sent now. */
  get hasQueued(): boolean {
    return this.short.length > 0 || this.declined.length > 0 || this.mayCutLong;
  }

  /**
   * @param onlyAsLeader it is given up instead of being handed to another leader
   * @param client who asks: long commands of one do not hold up those of others
   */
  add<C extends Command>(command: C, deadlineMs: number, onlyAsLeader = false, client = ''): Promise<ResultOf<C>> {
    const fault = faultOfLevel([command], this.level()) ?? faultOfCommand(command);
    if (fault !== undefined) return this.refuse(new MemberError('invalid', `etcdserver: invalid request: ${fault}`));
    const bytes = sizeOfCommand(command);
    // One is always let in, however large: what is too large for the log is for raft to say.
    const isFull =
      this.waiting >= PROPOSALS_MAX || (this.waiting > 0 && this.waitingBytes + bytes > PROPOSAL_BYTES_MAX);
    if (isFull) {
      const isLong = bytes >= LONG_COMMAND_BYTES;
      return this.refuse(isLong ? busy() : new MemberError('tooManyRequests', 'etcdserver: too many requests'));
    }
    this.waiting++;
    this.waitingBytes += bytes;
    return new Promise((resolve, reject) => {
      // What the machine answers to a command is of the command's kind.
      const answer = (result: CommandResult | undefined): void => {
        resolve(result as ResultOf<C>);
      };
      const waiting = { command, bytes, onlyAsLeader, resolve: answer, reject, deadlineMs };
      if (bytes < LONG_COMMAND_BYTES) this.short.push(waiting);
      else this.long.push(networkOf(client), waiting);
    });
  }

  /** The oldest batch that may be sent, in flight from here on; undefined if there is none. */
  next(): OutgoingBatch | undefined {
    const batch = this.declined.shift() ?? this.cutShort() ?? (this.mayCutLong ? this.cutLong() : undefined);
    if (batch !== undefined) this.launch(batch);
    return batch;
  }

  /** The batch left for the leader `to`, the only one who may say now that it was not taken. */
  sent(sequence: number, to: MemberId): void {
    const batch = this.inFlight.get(sequence);
    if (batch !== undefined) batch.sentTo = to;
  }

  /** Whether the batch is in flight to `to`, and so `to` may decline it. */
  wasSentTo(sequence: number, to: MemberId): boolean {
    return this.inFlight.get(sequence)?.sentTo === to;
  }

  /** Another leadership began: what is on its way to the one before may never be answered, and holds up nobody. */
  leaderChanged(): void {
    for (const batch of this.inFlight.values()) batch.isLong = false;
    this.longInFlightBytes = 0;
  }

  isInFlight(sequence: number): boolean {
    return this.inFlight.has(sequence);
  }

  /** The batch was certainly not taken: it waits again, in its old place. */
  putBack(sequence: number): void {
    const batch = this.landed(sequence);
    if (batch === undefined) return;
    batch.sentTo = undefined;
    const younger = this.declined.findIndex((other) => other.sequence > sequence);
    this.declined.splice(younger === -1 ? this.declined.length : younger, 0, batch);
  }

  /** The batch was certainly not taken, for the sake of the commands at these places: they fail, and the rest waits again. */
  failPart(sequence: number, places: readonly number[], error: MemberError): void {
    const batch = this.landed(sequence);
    if (batch === undefined) return;
    const refused = new Set(places);
    const rest = batch.members.filter((_, place) => !refused.has(place));
    if (rest.length > 0) {
      this.launch(this.encoded(sequence, rest));
      this.putBack(sequence);
    }
    this.reject(
      batch.members.filter((_, place) => refused.has(place)),
      error,
    );
  }

  /** The batch will never be applied. */
  fail(sequence: number, error: MemberError): void {
    const batch = this.landed(sequence);
    if (batch !== undefined) this.reject(batch.members, error);
  }

  /** Of the batch that was taken last. */
  get lastSequence(): number {
    return this.sequence;
  }

  /** Nobody will hear what became of the batches in flight up to this one. */
  abandon(lastSequence: number, error: MemberError): void {
    for (const sequence of [...this.inFlight.keys()]) if (sequence <= lastSequence) this.fail(sequence, error);
  }

  /** Answers the callers of an applied batch, if it is one of this member's. */
  settle(applied: Applied): void {
    if (applied.origin !== this.origin || applied.run !== this.run) return;
    const batch = this.inFlight.get(applied.sequence);
    if (batch === undefined) return;
    if (applied.fault !== undefined) {
      this.fail(applied.sequence, new MemberError('invalid', `etcdserver: invalid request: ${applied.fault}`));
      return;
    }
    this.landed(applied.sequence);
    this.forget(batch.members);
    batch.members.forEach((member, position) => {
      member.resolve(applied.results[position]);
    });
  }

  /** Rejects every caller whose time is up. The short ones are in order of arrival, so only the oldest are looked at. */
  expire(nowMs: number, error: () => MemberError): void {
    const isOver = ({ members }: Batch): boolean => (members.at(-1)?.deadlineMs ?? 0) <= nowMs;
    const isCarryingOut = this.longInFlightBytes > 0;
    for (const [sequence, batch] of this.inFlight) if (isOver(batch)) this.fail(sequence, error());
    const overdueBatches = this.declined.filter(isOver);
    if (overdueBatches.length > 0) {
      this.declined.splice(0, this.declined.length, ...this.declined.filter((batch) => !isOver(batch)));
      for (const { members } of overdueBatches) this.reject(members, error());
    }
    const alive = this.short.findIndex(({ deadlineMs }) => deadlineMs > nowMs);
    const overdue = this.short.splice(0, alive === -1 ? this.short.length : alive);
    if (overdue.length > 0) this.reject(overdue, error());
    // Behind others that are being carried out they were only too many.
    const overdueLong = this.long.remove(({ deadlineMs }) => deadlineMs <= nowMs);
    if (overdueLong.length > 0) this.reject(overdueLong, isCarryingOut ? busy() : error());
  }

  rejectAll(error: MemberError): void {
    for (const { members } of [...this.inFlight.values(), ...this.declined.splice(0)]) this.reject(members, error);
    this.inFlight.clear();
    this.longInFlightBytes = 0;
    for (const queue of [this.short.splice(0), this.long.remove(() => true)]) this.reject(queue, error);
  }

  /** The next long command fits beside those in flight, or there are none. */
  private get mayCutLong(): boolean {
    const { first } = this.long;
    if (first === undefined) return false;
    return this.longInFlightBytes === 0 || this.longInFlightBytes + first.bytes <= LONG_IN_FLIGHT_BYTES;
  }

  private cutShort(): Batch | undefined {
    if (this.short.length === 0) return undefined;
    return this.encoded(++this.sequence, this.short.splice(0, batchLength(this.short)));
  }

  private cutLong(): Batch {
    return this.encoded(++this.sequence, this.long.take(batchLength(this.long.items())));
  }

  private launch(batch: Batch): void {
    this.inFlight.set(batch.sequence, batch);
    if (batch.isLong) this.longInFlightBytes += batch.data.length;
  }

  /** The batch, which is not in flight any more. */
  private landed(sequence: number): Batch | undefined {
    const batch = this.inFlight.get(sequence);
    this.inFlight.delete(sequence);
    if (batch?.isLong === true) this.longInFlightBytes -= batch.data.length;
    return batch;
  }

  private encoded(sequence: number, members: readonly Waiting[]): Batch {
    const commands = members.map(({ command }) => command);
    const data = encodeBatch({ origin: this.origin, run: this.run, sequence, commands });
    const onlyAsLeader = members[0]?.onlyAsLeader ?? false;
    const isLong = (members[0]?.bytes ?? 0) >= LONG_COMMAND_BYTES;
    return { sequence, data, commands, members, isLong, onlyAsLeader, sentTo: undefined };
  }

  private refuse(error: MemberError): Promise<never> {
    this.failed++;
    return Promise.reject(error);
  }

  private reject(members: readonly Waiting[], error: MemberError): void {
    this.forget(members);
    this.failed += members.length;
    for (const member of members) member.reject(error);
  }

  private forget(members: readonly Waiting[]): void {
    this.waiting -= members.length;
    for (const { bytes } of members) this.waitingBytes -= bytes;
  }
}

/** As many as an entry may hold, and none that may go where others may not. */
function batchLength(queue: readonly Waiting[]): number {
  let bytes = 0;
  let length = 0;
  for (const waiting of queue) {
    bytes += waiting.bytes;
    if (length > 0 && (bytes > ENTRY_BYTES_MAX || waiting.onlyAsLeader !== queue[0]?.onlyAsLeader)) break;
    length++;
  }
  return length;
}

function busy(): MemberError {
  return new MemberError('busy', 'etcdserver: too many requests');
}
