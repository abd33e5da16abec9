/** Whether anything goes on between a connection and its client. */
import type { Socket } from 'node:net';
import { underlyingOf } from '../../tls/underlying';

export interface Look {
  /** Something is written that the client's machine has not taken. */
  readonly isStuck: boolean;
  /** Bytes that were read and written, or, if it is stuck, that were taken; undefined if Node does not say. */
  readonly position: number | undefined;
  /** How long looks have found it in this place. */
  readonly forMs: number;
}

/** To be looked at every few seconds. */
export class Progress {
  private wasStuck = false;
  private position: number | undefined;
  private sinceMs = 0;

  constructor(private readonly socket: Socket) {}

  look(nowMs: number): Look {
    const { socket } = this;
    const isStuck = socket.writableLength > 0;
    const position = isStuck ? unsentPosition(socket) : socket.bytesRead + socket.bytesWritten;
    if (isStuck !== this.wasStuck || position !== this.position || position === undefined) {
      this.wasStuck = isStuck;
      this.position = position;
      this.sinceMs = nowMs;
    }
    return { isStuck, position, forMs: nowMs - this.sinceMs };
  }
}

/** A number that changes whenever the other side takes something; undefined if Node does not say. */
function unsentPosition(socket: Socket): number | undefined {
  // With TLS, what the machine of the client takes is what is taken of the connection below.
  const below = underlyingOf(socket) ?? socket;
  const handle: unknown = Reflect.get(below, '_handle');
  const queued: unknown =
    typeof handle === 'object' && handle !== null ? Reflect.get(handle, 'writeQueueSize') : undefined;
  return typeof queued === 'number' ? below.bytesWritten - queued : undefined;
}
