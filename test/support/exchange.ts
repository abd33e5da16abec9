import { connect } from 'node:net';
import type { Socket } from 'node:net';
import { ResponseReader, headerOf } from './responseReader';
import type { Received, ResponseHead } from './responseReader';
import { encodeRequest } from './request';
import type { WireRequest } from './request';

interface Waiting {
  readonly condition: (exchange: Exchange) => boolean;
  readonly resolve: (met: boolean) => void;
  readonly timer: NodeJS.Timeout;
}

/** One request on a connection of its own, and its answer as far as it has come: a finished GET or a watch that still hangs. */
export class Exchange {
  private readonly socket: Socket;
  private readonly readers: ResponseReader[];
  private waiting: Waiting[] = [];
  private ended = false;

  /** Sends `bytes` to 127.0.0.1:`port`. `bodyless`: the answer has no body although its headers speak of one (HEAD). */
  constructor(port: number, bytes: Buffer, bodyless = false) {
    this.readers = [new ResponseReader(bodyless)];
    this.socket = connect({ port, host: '127.0.0.1', noDelay: true });
    this.socket.on('data', (data) => this.take(data));
    this.socket.on('error', () => this.finish());
    this.socket.on('close', () => this.finish());
    this.socket.write(bytes);
  }

  /** The first answer. */
  received(): Received {
    return this.reader(0).received();
  }

  /** Answers after the first: more than one request was seen in the bytes sent. */
  further(): readonly ResponseHead[] {
    return this.readers.slice(1).flatMap((reader) => reader.received().head ?? []);
  }

  /** Whether the server has ended the connection. */
  isClosed(): boolean {
    return this.ended;
  }

  /** Waits until the condition holds (true) or `timeoutMs` have passed or the connection ended without it (false). */
  async until(condition: (exchange: Exchange) => boolean, timeoutMs: number): Promise<boolean> {
    if (condition(this)) return true;
    if (this.ended) return false;
    return new Promise((resolve) => {
      const waiting: Waiting = {
        condition,
        resolve,
        timer: setTimeout(() => {
          this.waiting = this.waiting.filter((each) => each !== waiting);
          resolve(condition(this));
        }, timeoutMs),
      };
      this.waiting.push(waiting);
    });
  }

  async untilHead(timeoutMs: number): Promise<boolean> {
    return this.until((exchange) => exchange.received().head !== undefined, timeoutMs);
  }

  async untilEnd(timeoutMs: number): Promise<boolean> {
    return this.until((exchange) => exchange.received().ending !== 'open', timeoutMs);
  }

  /** Gives the connection up, as a client does that has seen enough. */
  close(): void {
    this.socket.destroy();
  }

  private take(data: Buffer): void {
    let reader = this.reader(this.readers.length - 1);
    reader.push(data);
    while (reader.received().ending !== 'open' && reader.rest().length > 0) {
      const next = new ResponseReader(false);
      next.push(reader.rest());
      this.readers.push(next);
      reader = next;
    }
    this.settle();
  }

  private finish(): void {
    if (this.ended) return;
    this.ended = true;
    this.reader(this.readers.length - 1).close();
    this.settle();
  }

  private settle(): void {
    const done = this.waiting.filter((each) => this.ended || each.condition(this));
    this.waiting = this.waiting.filter((each) => !done.includes(each));
    for (const each of done) {
      clearTimeout(each.timer);
      each.resolve(each.condition(this));
    }
  }

  private reader(index: number): ResponseReader {
    const reader = this.readers[index];
    if (reader === undefined) throw new Error(`no answer ${index}`);
    return reader;
  }
}

/** Opens an exchange for a well-formed request. */
export function open(port: number, request: WireRequest): Exchange {
  return new Exchange(port, encodeRequest(request, `127.0.0.1:${port}`), request.method === 'HEAD');
}

export interface FullAnswer {
  readonly status: number;
  readonly head: ResponseHead;
  /** UTF-8. */
  readonly body: string;
  header(name: string): string | undefined;
}

/** Sends a request and waits for the whole answer; throws if it is not there within `timeoutMs`. */
export async function send(port: number, request: WireRequest, timeoutMs = 10_000): Promise<FullAnswer> {
  const exchange = open(port, request);
  await exchange.untilEnd(timeoutMs);
  const { head, body, ending } = exchange.received();
  exchange.close();
  if (head === undefined || ending !== 'complete') {
    throw new Error(`${request.method} ${request.target}: no whole answer within ${timeoutMs} ms (${ending})`);
  }
  return { status: head.status, head, body: body.toString('utf8'), header: (name) => headerOf(head, name) };
}

/** `send` without headers or body. */
export async function fetchText(port: number, method: string, target: string): Promise<FullAnswer> {
  return send(port, { method, target, headers: [] });
}
