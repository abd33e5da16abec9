/**
 * A client connection whose requests are direct, one at a time and each answered before the next is looked at. The first that is not goes to
 * Node's server, and the connection with it, for good: nothing of it was read by anybody else, and nothing is under way.
 */
import type { Socket } from 'node:net';
import { closeGently } from '../connection/closeGently';
import { STALL_MAX_MS } from '../connection/connection';
import { Progress } from '../connection/progress';
import type { Outgoing } from '../http/outgoing';
import type { DirectReader, DirectRequest } from './directRequest';
import { DirectResponse, type AnswerTail } from './directResponse';

/** Carries a request out; false: it is not for here, and nothing was done. */
export type DirectHandler = (request: DirectRequest, response: Outgoing) => boolean;

/** What all connections of a listener share. */
export interface DirectParts {
  readonly reader: DirectReader;
  readonly tail: AnswerTail;
  readonly handler: DirectHandler;
  /** How long a client may rest between two requests, or before its first. */
  readonly restMaxMs: number;
}

export class DirectConnection {
  /** The request under way; it is until its answer was taken by the machine. */
  private response: DirectResponse | undefined;
  /** More came meanwhile. It is back in the socket, which takes a reserve more, so that a client that hangs up is noticed. */
  private isAhead = false;
  private hasEnded = false;
  private isGone = false;
  private readonly progress: Progress;

  /**
   * @param socket nobody listens to it yet
   * @param handOver gives the socket to Node's server; it is paused, and what was read is there to be read again
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

  /** Called every few seconds. Cuts a client that takes nothing of its answer, and one that has not asked for long. */
  checkProgress(nowMs: number): void {
    const { isStuck, forMs } = this.progress.look(nowMs);
    const isOver = isStuck ? forMs >= STALL_MAX_MS : this.response === undefined && forMs >= this.parts.restMaxMs;
    if (isOver) this.socket.destroy();
  }

  closeIfIdle(): void {
    if (this.response === undefined) this.socket.destroy();
  }

  private readonly onData = (bytes: Buffer): void => {
    if (this.response === undefined) {
      this.serve(bytes);
      return;
    }
    // Whoever sends ahead gets nothing done ahead. The end of what it sends is behind what is in the socket.
    this.isAhead = true;
    this.putBack(bytes);
    this.socket.read(0);
    // Unread input would reset the connection, and take the last answer with it.
    this.socket.destroySoon = () => {
      this.socket.removeListener('data', this.onData);
      closeGently(this.socket);
    };
  };

  private serve(bytes: Buffer): void {
    const { reader, tail, handler } = this.parts;
    const request = reader.read(bytes);
    if (request === undefined) {
      this.putBack(bytes);
      this.leave();
      return;
    }
    const response = new DirectResponse({ method: request.method, socket: this.socket }, tail);
    this.response = response;
    if (!handler(request, response)) {
      this.response = undefined;
      response.close();
      this.putBack(bytes);
      this.leave();
    } else if (response.closed) {
      this.response = undefined;
    } else {
      response.once('close', this.onAnswered);
    }
  }

  private readonly onAnswered = (): void => {
    this.response = undefined;
    if (this.isAhead) this.leave();
    else if (this.hasEnded) this.socket.end();
  };

  private putBack(bytes: Buffer): void {
    this.socket.pause();
    this.socket.unshift(bytes);
  }

  private leave(): void {
    const { socket } = this;
    if (this.isGone || socket.destroyed) return;
    this.letGo();
    this.handOver();
    socket.resume();
  }

  private letGo(): void {
    this.isGone = true;
    const { socket } = this;
    // Its class has it too.
    if (this.isAhead) Reflect.deleteProperty(socket, 'destroySoon');
    socket.removeListener('data', this.onData);
    socket.removeListener('end', this.onEnd);
    socket.removeListener('drain', this.onDrain);
    socket.removeListener('error', this.onError);
    socket.removeListener('close', this.onClose);
  }

  /** The client closes its half: it still gets the answer that it waits for. */
  private readonly onEnd = (): void => {
    this.hasEnded = true;
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
