/**
 * A client connection whose requests are direct, one at a time and each answered before the next is looked at. The first that is not goes to
 * Node's server, and the connection with it, for good: nothing of it was read by anybody else, and nothing is under way.
 */
import type { Socket } from 'node:net';
import { closeGently } from '../connection/closeGently';
import { STALL_MAX_MS } from '../connection/connection';
import { isLineEnds, withPiece } from '../connection/heldBytes';
import { HELD_MAX_BYTES } from '../connection/intake';
import { Progress } from '../connection/progress';
import type { Outgoing } from '../http/outgoing';
import type { DirectReader, DirectRequest } from './directRequest';
import { DirectResponse, type AnswerTail } from './directResponse';

/** A client that sends its form by itself does so at once. */
const FORM_WITHIN_MS = 100;

/** Some clients send one behind a body. */
const LINE_END_BYTES = 2;

/** Carries a request out; false: it is not for here, and nothing was done. */
export type DirectHandler = (request: DirectRequest, response: Outgoing) => boolean;

/** What all connections of a listener share. */
export interface DirectParts {
  readonly reader: DirectReader;
  readonly tail: AnswerTail;
  readonly handler: DirectHandler;
  /** How long a client may rest between two requests, or before its first. */
  readonly restMaxMs: number;
  /** Gives Node's server, which has the socket now, what came ahead: one request at a time. */
  readonly readAhead: (socket: Socket, bytes: Buffer) => void;
}

export class DirectConnection {
  /** The request under way; it is until its answer was taken by the machine. */
  private response: DirectResponse | undefined;
  /** A request whose form is to come in the next read, and soon; else it is Node's. */
  private begun: { readonly bytes: Buffer; readonly limit: NodeJS.Timeout } | undefined;
  /** What came meanwhile. The socket is read on for a reserve, so that a client that hangs up is noticed. */
  private held: Buffer[] = [];
  private heldBytes = 0;
  /** What may come behind a request as a line end that means nothing. */
  private spareBytes = 0;
  private hasEnded = false;
  private isGone = false;
  private readonly progress: Progress;

  /**
   * @param socket nobody listens to it yet
   * @param handOver gives the socket to Node's server, with none of the listeners of this one
   */
  constructor(
    private readonly socket: Socket,
    private readonly parts: DirectParts,
    private readonly handOver: () => void,
  ) {
    this.progress = new Progress(socket);
    socket.on('data', this.onData);
    socket.on('end', this.onEnd);
    socket.on('drain', this.onDrain);
    socket.on('error', this.onError);
    socket.on('close', this.onClose);
  }

  /**
   * Called every few seconds. Cuts a client that takes nothing of its answer, one that has sent much ahead while nothing is answered, so that it
   * may be gone, and one that has not asked for long.
   */
  checkProgress(nowMs: number): void {
    const { isStuck, forMs } = this.progress.look(nowMs);
    const isStalled = (isStuck || this.heldBytes > HELD_MAX_BYTES) && forMs >= STALL_MAX_MS;
    if (isStalled || (this.response === undefined && !isStuck && forMs >= this.parts.restMaxMs)) this.socket.destroy();
  }

  closeIfIdle(): void {
    // One that is ending is gone soon; its last answer may not have arrived.
    const isResting = this.response === undefined && this.begun === undefined && !this.socket.writableEnded;
    if (isResting) this.socket.destroy();
  }

  private readonly onData = (bytes: Buffer): void => {
    if (this.response !== undefined) this.hold(bytes);
    else if (this.begun !== undefined) this.serve(Buffer.concat([this.takeBegun(), bytes]), true);
    else if (!this.takesLineEnd(bytes)) this.serve(bytes, false);
  };

  /**
   * Whether it is the line end that may come behind a request, and means nothing. Whoever sends more of them, or has not asked yet, has the time
   * for the head of a request, which Node's server counts.
   */
  private takesLineEnd(bytes: Buffer): boolean {
    if (bytes.length > this.spareBytes || !isLineEnds(bytes)) return false;
    this.spareBytes -= bytes.length;
    return true;
  }

  private takeBegun(): Buffer {
    const { begun } = this;
    this.begun = undefined;
    clearTimeout(begun?.limit);
    return begun?.bytes ?? Buffer.alloc(0);
  }

  /** Its form has not come. */
  private readonly giveUp = (): void => {
    if (this.begun !== undefined) this.leave(this.takeBegun());
  };

  /** Whoever sends ahead gets nothing done ahead. */
  private hold(bytes: Buffer): void {
    const { socket } = this;
    this.held = withPiece(this.held, bytes);
    this.heldBytes += bytes.length;
    if (this.heldBytes > HELD_MAX_BYTES) socket.pause();
    // Unread input would reset the connection, and take the last answer with it.
    socket.destroySoon = () => {
      socket.removeListener('data', this.onData);
      closeGently(socket);
    };
  }

  /** @param isRest its end is all that was waited for */
  private serve(bytes: Buffer, isRest: boolean): void {
    const { reader, tail, handler } = this.parts;
    const request = reader.read(bytes);
    if (request === 'begun' && !isRest) {
      this.begun = { bytes, limit: setTimeout(this.giveUp, FORM_WITHIN_MS) };
      return;
    }
    if (request === 'begun' || request === undefined) {
      this.leave(bytes);
      return;
    }
    const { method, isLast } = request;
    this.spareBytes = LINE_END_BYTES;
    const response = new DirectResponse({ method, isLast, socket: this.socket }, tail);
    this.response = response;
    if (!handler(request, response)) {
      this.response = undefined;
      response.close();
      this.leave(bytes);
    } else if (response.closed) {
      this.response = undefined;
      if (isLast) this.finish();
    } else {
      response.once('close', isLast ? this.finish : this.onAnswered);
    }
  }

  /** What came behind the last request is not answered. */
  private readonly finish = (): void => {
    this.response = undefined;
    this.held = [];
    this.heldBytes = 0;
    this.socket.removeListener('data', this.onData);
    closeGently(this.socket);
  };

  private readonly onAnswered = (): void => {
    this.response = undefined;
    if (this.held.length > 0) {
      const ahead = Buffer.concat(this.held);
      if (!this.takesLineEnd(ahead)) {
        this.leave(ahead, true);
        return;
      }
      this.forgetHeld();
    }
    if (this.hasEnded) this.socket.end();
  };

  /**
   * @param bytes that were read and are nobody's yet
   * @param cameAhead more than one request, perhaps
   */
  private leave(bytes: Buffer, cameAhead = false): void {
    const { socket, hasEnded } = this;
    if (this.isGone || socket.destroyed) return;
    this.letGo();
    this.handOver();
    // Its listeners hear once more what only this one has heard.
    // Before, because it may be too much for whoever reads now, and paused again.
    if (!hasEnded && socket.isPaused()) socket.resume();
    if (cameAhead) this.parts.readAhead(socket, bytes);
    else socket.emit('data', bytes);
    if (hasEnded) socket.emit('end');
  }

  private letGo(): void {
    this.isGone = true;
    this.takeBegun();
    const { socket } = this;
    this.forgetHeld();
    socket.removeListener('data', this.onData);
    socket.removeListener('end', this.onEnd);
    socket.removeListener('drain', this.onDrain);
    socket.removeListener('error', this.onError);
    socket.removeListener('close', this.onClose);
  }

  private forgetHeld(): void {
    // Its class has it too.
    if (this.held.length > 0) Reflect.deleteProperty(this.socket, 'destroySoon');
    this.held = [];
    this.heldBytes = 0;
  }

  /** The client closes its half: it still gets the answer that it waits for. */
  private readonly onEnd = (): void => {
    this.hasEnded = true;
    if (this.begun !== undefined) {
      this.giveUp();
      return;
    }
    // With an answer under way, whoever gives it may end it now.
    if (this.response === undefined) this.socket.end();
  };

  private readonly onDrain = (): void => {
    this.response?.emit('drain');
  };

  private readonly onError = (): void => {
    this.socket.destroy();
  };

  private readonly onClose = (): void => {
    this.letGo();
    const { response } = this;
    this.response = undefined;
    response?.close();
  };
}
