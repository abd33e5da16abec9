import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { stablePort } from '../support/ports';

interface Key {
  readonly value: string;
  readonly ttl: string | undefined;
  readonly createdIndex: number;
}

/** What the service does with a request instead of carrying it out; undefined: carry it out. */
export type Fault = 'drop' | 'dropAfter' | 'error' | 'html' | 'clear' | 'hang' | 'early' | 'standby' | 'election';

/** Turns of the event loop in which nothing comes; a request takes some from the connection to the end of its body. */
const QUIET_ROUNDS = 30;

/** A discovery service that keeps its keys in memory, writes down what it is asked, and can be told to fail. */
export class FakeService {
  readonly seen: string[] = [];
  readonly keys = new Map<string, Key>();
  fault: (request: string) => Fault | undefined = () => undefined;
  /** Registrations are confirmed and not kept. */
  forgets = false;
  index = 10;
  private readonly waiting = new Set<() => void>();
  private received = 0;
  private server: Server | undefined;
  private port: number | undefined;

  async start(): Promise<this> {
    const server = createServer((request, response) => {
      // A client that went away in the middle of its request gets no answer.
      this.serve(request, response).catch(() => response.destroy());
    });
    // While it is stopped, nobody else may be there.
    this.port ??= await stablePort();
    await new Promise<void>((resolve) => server.listen(this.port, '127.0.0.1', resolve));
    this.server = server;
    return this;
  }

  async stop(): Promise<void> {
    const { server } = this;
    await new Promise((resolve) => {
      server?.close(resolve);
      server?.closeAllConnections();
    });
  }

  url(token: string): string {
    return `http://127.0.0.1:${this.port}/v2/keys/${token}`;
  }

  /** Makes a token; returns its URL. */
  token(token: string, size: string | undefined): string {
    if (size === undefined) this.put(`/${token}/`, '');
    else this.put(`/${token}/_config/size`, size);
    return this.url(token);
  }

  put(key: string, value: string, ttl?: string): void {
    this.index += 1;
    this.keys.set(key, { value, ttl, createdIndex: this.index });
    for (const wake of this.waiting) wake();
    this.waiting.clear();
  }

  /**
   * Resolves when what clients have sent so far is carried out. Time alone does not say so: after a pause of this process timers
   * run before sockets are read.
   */
  async settled(): Promise<void> {
    for (let quietRounds = 0, { received } = this; quietRounds < QUIET_ROUNDS; quietRounds++) {
      await new Promise((resolve) => setImmediate(resolve));
      if (this.received !== received) quietRounds = 0;
      ({ received } = this);
    }
  }

  private async serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    this.received++;
    const { pathname, searchParams } = new URL(request.url ?? '', 'http://x');
    const what = `${request.method} ${request.url?.replace('/v2/keys', '')}`;
    let body = '';
    for await (const piece of request) body += String(piece);
    const form = new URLSearchParams(body);
    this.seen.push(body === '' ? what : `${what} ${decodeURIComponent(body.replaceAll('+', ' '))}`);
    const fault = this.fault(what);
    switch (fault) {
      case 'drop':
        return void response.destroy();
      case 'error':
        return void response.writeHead(500).end('{"errorCode":300,"message":"Raft Internal Error","index":1}');
      case 'html':
        return void response.end('<html>');
      case 'early':
        return void response.end();
      case 'hang':
        return;
      case 'clear':
        return void response
          .writeHead(400)
          .end('{"errorCode":401,"message":"The event in requested index is outdated and cleared","index":99}');
      case 'standby':
        return void response
          .writeHead(400)
          .end('{"errorCode":402,"message":"Standby Internal Error","cause":"no leader is known","index":0}');
      case 'election':
        return void response.writeHead(400).end('{"errorCode":301,"message":"During Leader Election","index":7}');
      case 'dropAfter':
      case undefined:
    }
    const key = decodeURIComponent(pathname.replace('/v2/keys', ''));
    if (searchParams.get('wait') === 'true') {
      this.watch(key, Number(searchParams.get('waitIndex')), response);
      return;
    }
    const [status, answer] =
      request.method === 'PUT' ? this.change(key, form, searchParams.get('prevExist')) : this.read(key);
    if (fault === 'dropAfter') response.destroy();
    else response.writeHead(status, { 'X-Etcd-Index': this.index }).end(JSON.stringify(answer));
  }

  private watch(key: string, index: number, response: ServerResponse): void {
    const answer = (): void => {
      response
        .writeHead(200, { 'X-Etcd-Index': this.index })
        .end(`{"action":"create","node":{"key":"${key}/x","value":"","createdIndex":${this.index}}}`);
    };
    if (this.index >= index) answer();
    else this.waiting.add(answer);
  }

  private change(key: string, form: URLSearchParams, prevExist: string | null): [number, unknown] {
    if (prevExist === 'false' && this.keys.has(key)) {
      return [412, { errorCode: 105, message: 'Key already exists', cause: key, index: this.index }];
    }
    if (!this.forgets) this.put(key, form.get('value') ?? '', form.get('ttl') ?? undefined);
    return [201, { action: 'create', node: { key, value: form.get('value'), createdIndex: this.index } }];
  }

  private read(key: string): [number, unknown] {
    const file = this.keys.get(key);
    if (file !== undefined) return [200, { action: 'get', node: { key, ...file } }];
    if (![...this.keys.keys()].some((other) => other.startsWith(`${key}/`))) {
      return [404, { errorCode: 100, message: 'Key not found', cause: key, index: this.index }];
    }
    const nodes = [...this.keys]
      .filter(([name]) => name.startsWith(`${key}/`) && !/^(_|$)/.test(name.slice(key.length + 1)))
      .map(([name, node]) => ({ key: name, ...node }));
    return [200, { action: 'get', node: { key, dir: true, nodes, createdIndex: 1 } }];
  }
}
