/** A process that is no member: it serves its client port by forwarding to those that are, as the proxy of etcd 2.3. */
import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http';
import { dialTcp, type Dial } from '../platform/dial';
import { writeMessage, writePlain } from './answers';
import { Connections } from './connections';
import { Endpoints, type Endpoint } from './endpoints';
import type { FetchMembers, ProxiedTarget, ProxyLogger, TargetOf } from './environment';
import { LOOP_HEADER, loopOf } from './loops';
import { Membership } from './membership';
import { Passage } from './passage';
import { Suspects } from './suspects';

/** Requests under way at once, watches included; more are refused. */
const REQUESTS_MAX = 16_384;

/** How long answers without a known end go on when the proxy stops, and the others. */
const ENDLESS_GRACE_MS = 500;
const GRACE_MS = 5000;

/** The proxy's own routes; the rest is the cluster's. */
const CONFIG_PATH = '/v2/config/local/proxy';
const LIVE_PATH = '/livez';

/** Whatever it is, a member will say so. */
const NO_TARGET: ProxiedTarget = { path: '', query: '' };

export interface ProxyListener {
  /** Accepts nothing new, lets requests finish and cuts what is left at the deadline. */
  close(deadlineMs: number): Promise<void>;
}

export interface ProxyOptions {
  /** Of this process: 16 hexadecimal digits that no other one has. */
  readonly id: string;
  /** Which of these client URLs are this proxy's own. */
  readonly ownUrls: (urls: readonly string[]) => readonly string[];
  /** Peer URLs of members, to ask who is in the cluster. */
  readonly peerUrls: readonly string[];
  /** `readonly`: anything but GET is refused. */
  readonly mode: 'on' | 'readonly';
  /** Opens the client port; rejects if it cannot. */
  readonly listen: (handler: RequestListener) => Promise<readonly ProxyListener[]>;
  readonly fetchMembers: FetchMembers;
  readonly targetOf: TargetOf;
  /** To the client ports of members; plain TCP if nothing else is said. */
  readonly dial?: Dial;
  readonly failureWaitMs: number;
  readonly refreshIntervalMs: number;
  readonly dialTimeoutMs: number;
  /** Milliseconds. */
  readonly now: () => number;
  /** A number in [0, 1). */
  readonly random: () => number;
  readonly logger: ProxyLogger;
}

export interface Proxy {
  stop(): Promise<void>;
}

/** Resolves when it listens and has looked once for the members; rejects if it cannot listen. */
export async function startProxy(options: ProxyOptions): Promise<Proxy> {
  const endpoints = new Endpoints(options.now, options.random, options.failureWaitMs);
  const desk = new ProxyDesk(endpoints, options);
  const listeners = await options.listen((request, response) => {
    desk.serve(request, response);
  });
  const membership = new Membership(endpoints, options);
  await membership.start();
  return {
    stop: async () => {
      membership.stop();
      const cut = setTimeout(() => {
        desk.cutEndless();
      }, ENDLESS_GRACE_MS);
      await Promise.all(listeners.map((listener) => listener.close(GRACE_MS)));
      clearTimeout(cut);
      desk.close();
    },
  };
}

/** Takes the requests in. */
class ProxyDesk {
  private readonly connections: Connections;
  private readonly passages = new Set<Passage>();
  private readonly suspects: Suspects;

  constructor(
    private readonly endpoints: Endpoints,
    private readonly options: ProxyOptions,
  ) {
    this.connections = new Connections(options.dial ?? dialTcp);
    // Clients begin their watches again, at another member.
    this.suspects = new Suspects(this.connections, (endpoint) => {
      for (const passage of this.endlessOf(endpoint)) passage.cutEndless();
    });
  }

  serve(request: IncomingMessage, response: ServerResponse): void {
    const target = this.options.targetOf(request.url ?? '') ?? NO_TARGET;
    const { path } = target;
    if (path === LIVE_PATH) writePlain(response, 200, '{"live": "true"}');
    else if (path === CONFIG_PATH) this.serveConfig(request, response);
    else if (this.options.mode === 'readonly' && request.method !== 'GET') writePlain(response, 501, '');
    else this.forward(request, target, response);
  }

  cutEndless(): void {
    for (const passage of this.passages) passage.cutEndless();
  }

  private endlessOf(endpoint: Endpoint): readonly Passage[] {
    return [...this.passages].filter((passage) => passage.isEndlessOf(endpoint));
  }

  close(): void {
    this.connections.close();
  }

  /** Which endpoints a request might go to now. */
  private serveConfig(request: IncomingMessage, response: ServerResponse): void {
    if (request.method !== 'GET') {
      response.setHeader('Allow', 'GET');
      writePlain(response, 405, 'Method Not Allowed\n');
      return;
    }
    const endpoints = this.endpoints.available().map(({ text }) => text);
    writePlain(response, 200, `${JSON.stringify({ endpoints })}\n`);
  }

  private forward(request: IncomingMessage, target: ProxiedTarget, response: ServerResponse): void {
    const loop = loopOf(request, this.options.id);
    if (loop !== undefined) {
      response.setHeader(LOOP_HEADER, this.options.id);
      writeMessage(response, loop.status, loop.text);
      return;
    }
    const available = this.endpoints.available();
    if (available.length === 0) {
      writeMessage(response, 503, 'zero endpoints currently available');
      return;
    }
    if (this.passages.size >= REQUESTS_MAX) {
      writeMessage(response, 503, 'too many requests');
      return;
    }
    const { id, logger, dialTimeoutMs } = this.options;
    const passage = new Passage(request, target, response, available, {
      connections: this.connections,
      id,
      dialTimeoutMs,
      onFailure: (endpoint, reason) => {
        logger.warn({ endpoint: endpoint.text, reason }, 'proxy: a member did not answer');
        this.endpoints.fail(endpoint);
        if (this.endlessOf(endpoint).length > 0) this.suspects.ask(endpoint);
      },
    });
    this.passages.add(passage);
    response.on('close', () => {
      this.passages.delete(passage);
    });
    try {
      passage.start();
    } catch (error) {
      // Node refuses some paths and headers that its own server lets in.
      logger.error({ err: error }, 'proxy: a request could not be forwarded');
      writeMessage(response, 502, 'the request cannot be forwarded');
    }
  }
}
