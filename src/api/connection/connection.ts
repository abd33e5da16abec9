/**
 * One connection of a client: its requests are carried out one at a time and in order (RFC 9112 section 9.3.2), and the next one
 * not before the answer to the last one was taken by the client's machine. Node's server hands requests out as soon as it has read them.
 */
import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import { closeGently } from './closeGently';
import { Intake } from './intake';
import { Progress } from './progress';
import { watchOver } from './unheard';
import { mayLoseWhatFollows } from './upgrade';

/** How long a client may take nothing of what is written to it, and how long one may be connected without a request. */
export const STALL_MAX_MS = 60_000;
const SILENCE_MAX_MS = 300_000;

interface Exchange {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
}

export class Connection {
  /** The request under way; over: the last one that was is answered. Of a connection that rests no request is held. */
  private current: Exchange | 'over' | undefined;
  /** Requests that came in one read, before their bytes were held back. */
  private waiting: Exchange[] = [];
  /** The newest request that was read: more may be needed of its body. */
  private newest: IncomingMessage | undefined;
  /** How the connection ends when everything before was answered. */
  private ending: (() => void) | undefined;
  private readonly intake: Intake;
  private isWatched = false;
  private readonly progress: Progress;

  /** @param socket as Node's server has just taken it over */
  constructor(
    private readonly socket: Socket,
    private readonly handler: RequestListener,
  ) {
    this.intake = new Intake(socket, () => this.isOpen());
    this.progress = new Progress(socket);
    watchOver(socket, () => this.isUnheard);
    // Node's server ends connections with this one. Unread input would reset the connection and take the last answer with it.
    socket.destroySoon = () => {
      this.intake.discard();
      closeGently(socket);
    };
  }

  /** Whether nothing at all has come on it. */
  get isSilent(): boolean {
    return this.socket.bytesRead === 0;
  }

  /** Whether the socket is not read, because of all that its client has sent ahead. Node stops where a body fills its stream. */
  private get isUnheard(): boolean {
    const { newest } = this;
    const isBodyFull = newest?.complete === false && newest.readableLength >= newest.readableHighWaterMark;
    return isBodyFull || this.intake.isFull;
  }

  /** Whether it will end, or has ended, with a complaint. */
  get isEnding(): boolean {
    return this.ending !== undefined;
  }

  /** A request whose headers were read. */
  take(request: IncomingMessage, response: ServerResponse): void {
    // Its last answer was given: nobody would learn what became of what comes behind it (RFC 9112 section 9.6).
    if (!this.socket.writable) return;
    this.newest = request;
    if (mayLoseWhatFollows(request)) {
      response.shouldKeepAlive = false;
      this.intake.hold();
    }
    if (!this.isBusy()) {
      this.begin({ request, response });
      return;
    }
    this.waiting.push({ request, response });
    this.intake.hold();
    this.watchCurrent();
  }

  /** What its client sent ahead before Node's server had the connection: one request at a time, as all that it sends from here on. */
  readAhead(bytes: Buffer): void {
    this.intake.begin(bytes);
  }

  /** Ends the connection by `end`, once: now, or after the answers to all that came before what is wrong. */
  endInOrder(end: () => void): void {
    if (this.ending !== undefined) return;
    this.ending = () => {
      // It is read away, so that the client gets to its last answer.
      this.intake.discard();
      end();
    };
    const isCurrentWrong = this.waiting.length === 0 && this.newest?.complete === false;
    if (isCurrentWrong || !this.isBusy()) this.ending();
    else this.watchCurrent();
  }

  /**
   * Cuts a client that has stopped to read its answer, one that has sent much ahead while nothing is answered, so that it may be gone, and one
   * that never asked for anything. Called every few seconds.
   */
  checkProgress(nowMs: number): void {
    const { isStuck, position, forMs } = this.progress.look(nowMs);
    const isStalled = (isStuck || this.isUnheard) && forMs >= STALL_MAX_MS;
    if (isStalled || (position === 0 && !isStuck && forMs >= SILENCE_MAX_MS)) this.socket.destroy();
  }

  /** Ends it unless something is under way; an answer that is not sent yet is, and an end that the client has not seen. */
  closeIfIdle(): void {
    if (this.socket.writableEnded) return;
    if (!this.isBusy() && !this.intake.isHolding && this.newest?.complete !== false) this.socket.destroy();
  }

  /** Gives the socket up to another protocol; false if a request of this one is still under way. */
  release(): boolean {
    this.intake.release();
    // Its class has it too.
    Reflect.deleteProperty(this.socket, 'destroySoon');
    return !this.isBusy();
  }

  private isBusy(): boolean {
    return this.isUnderWay() || this.waiting.length > 0;
  }

  private isUnderWay(): boolean {
    return typeof this.current === 'object' && !this.current.response.closed;
  }

  /** Whether the parser may be given more: nothing is under way, or it is and not here as a whole. */
  private isOpen(): boolean {
    if (this.ending !== undefined) return false;
    if (this.newest?.complete === false) return true;
    if (!this.isBusy()) return true;
    this.watchCurrent();
    return false;
  }

  private begin(exchange: Exchange): void {
    this.current = exchange;
    this.isWatched = false;
    exchange.response.once('close', () => {
      this.forget(exchange);
      if (this.isWatched) setImmediate(this.advance);
    });
    this.handler(exchange.request, exchange.response);
  }

  private forget(exchange: Exchange): void {
    const { request } = exchange;
    if (this.current === exchange) this.current = 'over';
    const forgetNewest = (): void => {
      if (this.newest === request) this.newest = undefined;
    };
    if (request.complete) forgetNewest();
    else request.once('end', forgetNewest);
  }

  /** Goes on when the request under way was answered. */
  private watchCurrent(): void {
    if (this.isWatched || this.current === undefined) return;
    this.isWatched = true;
    if (!this.isUnderWay()) setImmediate(this.advance);
  }

  /** Each in a turn of its own, so that a client that sends many does not keep the others waiting. */
  private readonly advance = (): void => {
    if (!this.socket.writable) {
      // It was the last answer of this connection, or the client is gone: nothing behind it is carried out.
      this.waiting = [];
      this.intake.discard();
      return;
    }
    if (this.isUnderWay()) {
      // Another request has begun meanwhile.
      this.watchCurrent();
      return;
    }
    const next = this.waiting[0];
    if (next !== undefined && (next.request.complete || this.ending === undefined)) {
      this.waiting.shift();
      this.begin(next);
      if (this.waiting.length > 0 || this.ending !== undefined || this.intake.isHolding) this.watchCurrent();
    } else if (this.ending !== undefined) {
      this.ending();
    } else {
      this.isWatched = false;
      this.intake.feed();
    }
  };
}
