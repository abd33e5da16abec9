import { connect } from 'node:net';
import type { Socket } from 'node:net';
import { connect as connectTls } from 'node:tls';
import { ResponseScanner } from './responseScanner';
import type { ResponseListener } from './responseScanner';

export interface ConnectionListener extends ResponseListener {
  /** The connection broke while a response was awaited. */
  onFailure(): void;
}

/** One keep-alive connection to 127.0.0.1 with at most one request under way. It connects again when it has to. */
export class Connection {
  private socket: Socket | undefined;
  private session: Buffer | undefined;
  private waiting = false;

  /** @param caPem who signed the server's certificate; absent: the port speaks plain HTTP */
  constructor(
    private readonly port: number,
    private readonly listener: ConnectionListener,
    private readonly caPem?: string,
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
    const socket = this.dial();
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

  private dial(): Socket {
    const place = { port: this.port, host: '127.0.0.1', noDelay: true };
    if (this.caPem === undefined) return connect(place);
    const socket = connectTls({ ...place, ca: this.caPem, ...(this.session && { session: this.session }) });
    socket.setNoDelay(true);
    socket.on('session', (session) => (this.session = session));
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
