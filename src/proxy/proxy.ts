/** A process that is no member: it serves its client port by forwarding to those that are, as the proxy of etcd 2.3. */
import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http';
import { dialTcp, type Dial } from '../platform/dial';
import { reasonToStop } from '../platform/plainRequest';
import { writeMessage, writePlain } from './answers';
import { Connections } from './connections';
import { Endpoints, type Endpoint } from './endpoints';
import type { FetchMembers, ProxiedTarget, ProxyLogger, TargetOf } from './environment';
import { LOOP_HEADER, loopOf } from './loops';
import { Membership } from './membership';
import { Passage } from './passage';
import { makesToken } from './reads';
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
  /** The one cluster that is forwarded to; undefined: that of the first member that answers. */
  readonly clusterId?: string | undefined;
  /** `readonly`: anything but GET is refused, and so is the GET that makes a discovery token. */
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
  /** Of a clock that never goes back. */
  readonly nowMs: () => number;
  /** A number in [0, 1). */
  readonly random: () => number;
  readonly logger: ProxyLogger;
  /** Aborted when the process is asked to stop: the start waits for no member then. */
  readonly stopping?: AbortSignal;
}

/** Counted from the start, but for what is there now. */
export interface ProxyStatus {
  /** It is not about to stop, and a member answered when one was asked last. */
  readonly isReady: boolean;
  /** Client URLs of members: how many are known, and how many of them did not fail just now. */
  readonly endpoints: { readonly known: number; readonly available: number };
  /** Answered by a member; by none, so that the client got 502; refused by the proxy itself; not answered yet, watches included. */
  readonly requests: {
    readonly answered: number;
    readonly unanswered: number;
    readonly refused: number;
    readonly underWay: number;
  };
  /** How often a member was asked and did not answer; another one may have. */
  readonly memberFailures: number;
}

export interface Proxy {
  readonly status: ProxyStatus;
  stop(): Promise<void>;
}

/** Resolves when it listens and has looked once for the members; rejects if it cannot listen, or with the reason of `stopping`. */
export async function startProxy(options: ProxyOptions): Promise<Proxy> {
  const endpoints = new Endpoints(options.nowMs, options.random, options.failureWaitMs);
  const membership = new Membership(endpoints, options);
  const desk = new ProxyDesk(endpoints, membership, options);
  const listeners = await options.listen((request, response) => {
    desk.serve(request, response);
  });
  const stop = async (): Promise<void> => {
    membership.stop();
    const cut = setTimeout(() => {
      desk.cutEndless();
    }, ENDLESS_GRACE_MS);
    await Promise.all(listeners.map((listener) => listener.close(GRACE_MS)));
    clearTimeout(cut);
    desk.close();
  };
  try {
    await unlessAborted(membership.start(), options.stopping);
  } catch (error) {
    await stop();
    throw error;
  }
  return {
    get status() {
      return desk.status;
    },
    stop,
  };
}

/** Resolves when that does; rejects with the signal's reason, whatever becomes of it. */
function unlessAborted(work: Promise<void>, signal: AbortSignal | undefined): Promise<void> {
  if (signal === undefined) return work;
  return new Promise((resolve, reject: (error: Error) => void) => {
    const aborted = (): void => {
      reject(reasonToStop(signal));
    };
    if (signal.aborted) aborted();
    signal.addEventListener('abort', aborted, { once: true });
    work.then(resolve, reject).finally(() => {
      signal.removeEventListener('abort', aborted);
    });
  });
}

/** Takes the requests in. */
class ProxyDesk {
  private readonly connections: Connections;
  private readonly passages = new Set<Passage>();
  private readonly suspects: Suspects;
  private readonly counts = { answered: 0, unanswered: 0, refused: 0 };
  private memberFailures = 0;

  constructor(
    private readonly endpoints: Endpoints,
    private readonly membership: Membership,
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
    else if (this.options.mode === 'readonly' && (request.method !== 'GET' || makesToken(target)))
      this.refuseWrite(response);
    else this.forward(request, target, response);
  }

  get status(): ProxyStatus {
    const { endpoints, counts, passages, memberFailures } = this;
    return {
      isReady: this.membership.isAnswered && endpoints.available().length > 0,
      endpoints: { known: endpoints.known, available: endpoints.available().length },
      requests: { ...counts, underWay: passages.size },
      memberFailures,
    };
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

  private refuseWrite(response: ServerResponse): void {
    this.counts.refused++;
    writePlain(response, 501, '');
  }

  private refuse(response: ServerResponse, status: number, text: string): void {
    this.counts.refused++;
    writeMessage(response, status, text);
  }

  private forward(request: IncomingMessage, target: ProxiedTarget, response: ServerResponse): void {
    const loop = loopOf(request, this.options.id);
    if (loop !== undefined) {
      response.setHeader(LOOP_HEADER, this.options.id);
      this.refuse(response, loop.status, loop.text);
      return;
    }
    const available = this.endpoints.available();
    if (available.length === 0) {
      this.refuse(response, 503, 'zero endpoints currently available');
      return;
    }
    if (this.passages.size >= REQUESTS_MAX) {
      this.refuse(response, 503, 'too many requests');
      return;
    }
    const { id, logger, dialTimeoutMs } = this.options;
    const passage = new Passage(request, target, response, available, {
      connections: this.connections,
      id,
      dialTimeoutMs,
      onOutcome: (isAnswered) => {
        this.counts[isAnswered ? 'answered' : 'unanswered']++;
        this.membership.heard(isAnswered);
      },
      onFailure: (endpoint, reason) => {
        this.memberFailures++;
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
      this.refuse(response, 502, 'the request cannot be forwarded');
    }
  }
}
