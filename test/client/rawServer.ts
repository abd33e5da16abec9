/** A TCP server that answers bytes of its own choice: what no HTTP library would say. */
import { createServer, type AddressInfo, type Server, type Socket } from 'node:net';

export interface RawRequest {
  readonly text: string;
  readonly socket: Socket;
  /** Which request of its connection it is, from 1 on. */
  readonly number: number;
  /** Which connection it came by, from 1 on. */
  readonly connection: number;
}

export class RawServer {
  readonly asked: string[] = [];
  connections = 0;
  /** May write to the socket, or end it. */
  answer: (request: RawRequest) => void = () => undefined;
  /** A connection has come; no request yet. */
  greet: (socket: Socket) => void = () => undefined;
  url = '';
  private readonly sockets = new Set<Socket>();
  private readonly server: Server = createServer((socket) => {
    this.serve(socket);
  });

  async start(): Promise<void> {
    await new Promise<void>((resolve) => this.server.listen(0, '127.0.0.1', resolve));
    this.url = `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  stop(): void {
    for (const socket of this.sockets) socket.destroy();
    this.server.close();
  }

  /** Closes every connection, as a server does with idle ones. */
  hangUp(): void {
    for (const socket of this.sockets) socket.end();
  }

  private serve(socket: Socket): void {
    const connection = ++this.connections;
    let number = 0;
    let text = '';
    this.sockets.add(socket);
    socket.on('close', () => this.sockets.delete(socket));
    socket.on('error', () => undefined);
    this.greet(socket);
    socket.on('data', (data) => {
      text += data.toString('latin1');
      for (let request = cutOne(text); request !== undefined; request = cutOne(text)) {
        text = text.slice(request.length);
        this.asked.push(request.slice(0, request.indexOf('\r\n')));
        this.answer({ text: request, socket, number: ++number, connection });
      }
    });
  }
}

export function answerText(body: string, status = '200 OK', headers = ''): string {
  return `HTTP/1.1 ${status}\r\nContent-Type: application/json\r\nContent-Length: ${Buffer.byteLength(body)}\r\n${headers}\r\n${body}`;
}

/** The first whole request of what has come. */
function cutOne(text: string): string | undefined {
  const end = text.indexOf('\r\n\r\n');
  if (end < 0) return undefined;
  const length = Number(/content-length: (\d+)/i.exec(text.slice(0, end))?.[1] ?? 0);
  return text.length < end + 4 + length ? undefined : text.slice(0, end + 4 + length);
}
