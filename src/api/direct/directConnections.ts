/** The direct connections of one listener, in front of its server. */
import type { Socket } from 'node:net';
import type { Serving } from '../connection/inFront';
import { DirectConnection, type DirectHandler, type DirectParts } from './directConnection';
import { DirectReader } from './directRequest';
import type { AnswerTail } from './directResponse';

export interface DirectOptions {
  readonly handler: DirectHandler;
  readonly maxHeaderBytes: number;
  /** See DirectParts. */
  readonly restMaxMs: number;
  readonly readAhead: DirectParts['readAhead'];
}

export class DirectConnections {
  private readonly open = new Map<Socket, DirectConnection>();
  private readonly parts: DirectParts;

  constructor({ handler, maxHeaderBytes, restMaxMs, readAhead }: DirectOptions) {
    const [reader, tail] = [new DirectReader(maxHeaderBytes), new DatedTail(restMaxMs)];
    this.parts = { reader, tail, handler, restMaxMs, readAhead };
  }

  /** @param serve gives the connection to Node's server */
  take(socket: Socket, serve: Serving): void {
    const remove = (): void => {
      this.open.delete(socket);
    };
    const connection = new DirectConnection(socket, this.parts, () => {
      remove();
      socket.removeListener('close', remove);
      serve(socket);
    });
    this.open.set(socket, connection);
    socket.once('close', remove);
  }

  checkProgress(nowMs: number): void {
    for (const connection of this.open.values()) connection.checkProgress(nowMs);
  }

  closeIdle(): void {
    for (const connection of this.open.values()) connection.closeIfIdle();
  }
}

/** As Node's server: the date is that of the second. */
class DatedTail implements AnswerTail {
  private second = 0;
  private date = '';
  private known = '';

  constructor(private readonly restMaxMs: number) {}

  text(isLast: boolean): string {
    const second = Math.floor(Date.now() / 1000);
    if (second !== this.second) {
      this.second = second;
      this.date = `Date: ${new Date(second * 1000).toUTCString()}\r\n`;
      this.known = `${this.date}Connection: keep-alive\r\nKeep-Alive: timeout=${this.restMaxMs / 1000}\r\n`;
    }
    return isLast ? `${this.date}Connection: close\r\n` : this.known;
  }
}
