import { connect } from 'node:net';
import type { Socket } from 'node:net';
import { ResponseScanner } from './responseScanner';
import type { ResponseListener } from './responseScanner';

export interface ConnectionListener extends ResponseListener {
  /** The connection broke while a response was awaited. */
  onFailure(): void;
}

/** One keep-alive connection to 127.0.0.1 with at most one request under way. It connects again when it has to. */
export class Connection {
  private socket: Socket | undefined;
  private waiting = false;

  constructor(
    private readonly port: number,
    private readonly listener: ConnectionListener,
  ) {}

  /** @param request a whole HTTP/1.1 request, one character a byte */
  send(request: string): void {
    this.waiting = true;
    (this.socket ?? this.open()).write(request, 'latin1');
  }

  close(): void {
    this.waiting = false;
    this.socket?.destroy();
    this.socket = undefined;
  }

  private open(): Socket {
    const socket = connect({ port: this.port, host: '127.0.0.1', noDelay: true });
    const scanner = new ResponseScanner({
      onHead: (status) => this.listener.onHead(status),
      onEnd: (status) => {
        this.waiting = false;
        this.listener.onEnd(status);
      },
    });
    socket.on('data', (data) => {
      try {
        scanner.push(data);
      } catch {
        socket.destroy();
      }
    });
    // An error is always followed by close, which tells what it means for the request.
    socket.on('error', () => undefined);
    socket.on('close', () => this.lost(socket));
    this.socket = socket;
    return socket;
  }

  private lost(socket: Socket): void {
    if (this.socket !== socket) return;
    this.socket = undefined;
    if (!this.waiting) return;
    this.waiting = false;
    this.listener.onFailure();
  }
}
