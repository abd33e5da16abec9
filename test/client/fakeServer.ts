import { createServer, type IncomingHttpHeaders, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface FakeAnswer {
  readonly status?: number;
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
  /** The headers come, and the body never. */
  readonly isOpen?: boolean;
}

export interface Asked {
  readonly method: string;
  readonly url: string;
  readonly body: string;
}

/** An HTTP server that answers what it is told, and remembers what it was asked. */
export class FakeServer {
  readonly asked: Asked[] = [];
  /** Undefined: no answer at all. */
  answer: (asked: Asked, headers: IncomingHttpHeaders) => FakeAnswer | undefined = () => ({});
  url = '';
  private readonly server = createServer((request, response) => void this.handle(request, response));

  /** Whoever stops it and still has use for its place gives a port that stays free then (`stablePort`). */
  async start(port = 0): Promise<void> {
    await new Promise<void>((resolve) => this.server.listen(port, '127.0.0.1', resolve));
    this.url = `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  stop(): void {
    this.server.closeAllConnections();
    this.server.close();
  }

  private async handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    let body = '';
    for await (const piece of request) body += String(piece);
    const asked = { method: request.method ?? '', url: request.url ?? '', body };
    this.asked.push(asked);
    const answer = this.answer(asked, request.headers);
    if (answer === undefined) return;
    if (answer.isOpen === true) {
      response.writeHead(answer.status ?? 200, answer.headers).flushHeaders();
      return;
    }
    const text = typeof answer.body === 'string' ? answer.body : JSON.stringify(answer.body ?? {});
    response.writeHead(answer.status ?? 200, answer.headers).end(answer.status === 204 ? undefined : text);
  }
}
