import { connect, type Socket } from 'node:net';
import { sleep } from '../cluster/waiting';

/** Bare connections to ports of 127.0.0.1; nothing that happens to one matters to the others. */
export class Crowd {
  private readonly sockets = new Set<Socket>();
  private readonly answers = new Map<number, number>();
  opened = 0;
  /** Those that came about, and that the other side ended. */
  hungUp = 0;

  get open(): number {
    return this.sockets.size;
  }

  /** How many got an answer with this status, of those that read; further answers on the same connection do not count. */
  answered(status: number): number {
    return this.answers.get(status) ?? 0;
  }

  /** @param reads false: what is sent to it stays where it is */
  join(port: number, bytes: string | Buffer = '', reads = true): Socket {
    const socket = connect(port, '127.0.0.1');
    this.opened += 1;
    this.sockets.add(socket);
    socket.on('error', () => undefined);
    let isConnected = false;
    socket.on('connect', () => (isConnected = true));
    socket.on('close', () => {
      const isOurs = this.sockets.delete(socket);
      if (isOurs && isConnected) this.hungUp += 1;
    });
    if (reads) socket.once('data', this.count).resume();
    else socket.pause();
    if (bytes.length > 0) socket.write(bytes);
    return socket;
  }

  /** Waits a little, and hangs up on the oldest when there are too many. */
  async breathe(openMax: number): Promise<void> {
    await sleep(1);
    if (this.sockets.size <= openMax) return;
    for (const socket of [...this.sockets].slice(0, this.sockets.size - openMax)) this.hangUp(socket);
  }

  leave(): void {
    for (const socket of this.sockets) this.hangUp(socket);
  }

  private hangUp(socket: Socket): void {
    this.sockets.delete(socket);
    socket.destroy();
  }

  private readonly count = (piece: Buffer): void => {
    const status = Number(/^HTTP\/1\.1 (\d{3}) /.exec(piece.toString('latin1'))?.[1]);
    this.answers.set(status, this.answered(status) + 1);
  };
}

export interface Reply {
  /** All that came, as latin1. */
  readonly text: string;
  /** Whether the other side ended it. */
  readonly isClosed: boolean;
}

/** Sends bytes and listens until the other side ends the connection, `isDone` says so, or the time is over. */
export function exchange(
  port: number,
  bytes: string | Buffer | readonly (string | Buffer)[],
  waitMs: number,
  isDone: (text: string) => boolean = () => false,
  endsHalf = false,
): Promise<Reply> {
  return new Promise((resolve) => {
    const socket = connect({ port, host: '127.0.0.1', allowHalfOpen: true });
    let text = '';
    const finish = (isClosed: boolean): void => {
      clearTimeout(timer);
      socket.destroy();
      resolve({ text, isClosed });
    };
    const timer = setTimeout(() => finish(false), waitMs);
    socket.setEncoding('latin1');
    socket.on('data', (piece: string) => {
      text += piece;
      if (isDone(text)) finish(false);
    });
    socket.on('error', () => undefined);
    socket.on('end', () => finish(true));
    socket.on('close', () => finish(true));
    for (const piece of [bytes].flat()) socket.write(piece);
    if (endsHalf) socket.end();
  });
}

/** A request with a form as its body, of which only so much is sent as the body says. */
export function putRequest(key: string, body: string, announcedBytes = Buffer.byteLength(body)): string {
  const type = 'Content-Type: application/x-www-form-urlencoded';
  return `PUT /v2/keys${key} HTTP/1.1\r\nHost: localhost\r\n${type}\r\nContent-Length: ${announcedBytes}\r\n\r\n${body}`;
}

export function getRequest(target: string): string {
  return `GET ${target} HTTP/1.1\r\nHost: localhost\r\n\r\n`;
}
