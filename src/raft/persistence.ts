/**
 * What must be durable, and which messages wait for it.
 *
 * A message is bound to the state it was made from. If that state is not durable yet, the message goes with the write that
 * makes it so: with the next one, or, if the write in flight already has it, out as soon as that one is durable (paper
 * figure 2, "updated on stable storage before responding"). A new term voids what still waits: those messages speak for a
 * log that may be another one by the time they would leave.
 */
import { RaftInvariantError } from './errors';
import type { RaftLog } from './log';
import type { AppendResponse, HardState, LogStart, MemberId, Message, Write } from './types';

/** The term a member is in and whom it voted for in it. */
export interface Vote {
  readonly term: number;
  readonly votedFor: MemberId | undefined;
}

interface InFlight {
  readonly vote: Vote;
  readonly start: boolean;
}

export class Persistence {
  private outgoing: Message[] = [];
  private waitingForNext: Message[] = [];
  private waitingForInFlight: Message[] = [];
  private written: HardState;
  private durable: Vote;
  private inFlight: InFlight | undefined;
  private start: LogStart | undefined;

  constructor(restored: HardState) {
    this.written = restored;
    this.durable = restored;
  }

  /** Leaves with the next `ready()`. */
  send(message: Message): void {
    this.outgoing.push(message);
  }

  /** Leaves when term and vote, as they are now, are durable. */
  sendAfterVote(message: Message, current: Vote): void {
    if (sameVote(this.durable, current)) this.outgoing.push(message);
    else if (sameVote(this.written, current)) this.waitingForInFlight.push(message);
    else this.waitingForNext.push(message);
  }

  /** An acknowledgement; leaves when term, vote and the log up to its index are durable. Of waiting acknowledgements the last one is enough. */
  sendAfterEntries(message: AppendResponse, current: Vote, log: RaftLog): void {
    const { index } = message;
    const { persisted, unwrittenFrom } = log.cursor;
    const startIsDurable = this.start === undefined && this.inFlight?.start !== true;
    if (startIsDurable && index <= persisted && sameVote(this.durable, current)) {
      this.outgoing.push(message);
    } else if (this.start === undefined && index < unwrittenFrom && sameVote(this.written, current)) {
      queueAcknowledgement(this.waitingForInFlight, message);
    } else {
      queueAcknowledgement(this.waitingForNext, message);
    }
  }

  /** Whether the current term and vote are durable. */
  hasDurableVote(current: Vote): boolean {
    return sameVote(this.durable, current);
  }

  /** A new term began, or the log was replaced: forget what waits. */
  dropWaiting(): void {
    this.waitingForNext = [];
    this.waitingForInFlight = [];
  }

  /** The log now starts at `start`; storage has to be told. */
  startChanged(start: LogStart): void {
    this.start = start;
    this.dropWaiting();
  }

  drainOutgoing(): readonly Message[] {
    const messages = this.outgoing;
    if (messages.length > 0) this.outgoing = [];
    return messages;
  }

  /** The next write, unless one is in flight or there is nothing to write. */
  take(current: Vote, log: RaftLog): Write | undefined {
    if (this.inFlight !== undefined) return undefined;
    const hasEntries = log.cursor.unwrittenFrom <= log.lastIndex;
    if (!hasEntries && this.start === undefined && sameVote(this.written, current)) return undefined;

    const { commit } = log;
    const hardStateChanged = !sameVote(this.written, current) || this.written.commit !== commit;
    if (hardStateChanged) this.written = { term: current.term, votedFor: current.votedFor, commit };
    const write: Write = {
      hardState: hardStateChanged ? this.written : undefined,
      entries: log.slice(log.cursor.unwrittenFrom, log.lastIndex),
      start: this.start,
      messagesAfter: this.waitingForNext,
    };
    this.inFlight = { vote: current, start: this.start !== undefined };
    this.start = undefined;
    this.waitingForNext = [];
    log.cursor.taken(log.lastIndex);
    return write;
  }

  /** The write in flight is durable: what waited for it may leave. */
  confirm(log: RaftLog): void {
    if (this.inFlight === undefined) throw new RaftInvariantError('no write is in flight');
    this.durable = this.inFlight.vote;
    this.inFlight = undefined;
    log.cursor.confirmed();
    if (this.waitingForInFlight.length > 0) {
      for (const message of this.waitingForInFlight) this.outgoing.push(message);
      this.waitingForInFlight = [];
    }
  }
}

function sameVote(left: Vote, right: Vote): boolean {
  return left.term === right.term && left.votedFor === right.votedFor;
}

/** Duplicates and reordering may bring an older acknowledgement after a newer one: the newer says it all. */
function queueAcknowledgement(queue: Message[], message: AppendResponse): void {
  const last = queue[queue.length - 1];
  if (last?.type === 'appendResponse' && last.success && last.to === message.to) {
    if (last.index >= message.index) return;
    queue.pop();
  }
  queue.push(message);
}
