/** One listening socket with its node:http server: slow and malformed clients, and the way down. */
import type { IncomingMessage, RequestListener, Server, ServerResponse } from 'node:http';
import { createServer } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import type { Logger } from 'pino';
import type { AuditedPort, AuditTrail } from './audit';
import { answerClientError, answerConnect } from './clientError';
import { HEADERS_MAX, refusalOf, refuse } from './connection/admission';
import { Connection } from './connection/connection';
import { standInFront, type Serving } from './connection/inFront';
import { NO_WEB, ownNames, webRefusals, type WebRules } from './connection/webRules';
import type { ConnectionPlaces } from './connectionPlaces';
import type { DirectHandler } from './direct/directConnection';
import { DirectConnections } from './direct/directConnections';
import { listenErrorOf } from './listenError';
import type { ListenAddress } from './options';
import type { TlsAcceptor } from '../tls/acceptor';
import { Complaints } from '../tls/complaints';
import { TrafficCounter, type Traffic } from './traffic';

/** As etcd 2.3: connections of clients that pool them may rest this long. */
const KEEP_ALIVE_TIMEOUT_MS = 300_000;

/** How long a connection may be silent before the operating system probes it, so that vanished watchers are noticed. */
const TCP_PROBE_AFTER_MS = 30_000;

interface BehindTls {
  /** Each is called with every connection that may be served. */
  readonly served: Serving[];
  /** Ends the connections whose handshake is not done. */
  readonly end: () => void;
}

const TIMEOUT_CHECK_INTERVAL_MS = 1000;

/** How often connections are looked at that do not read or do not ask. */
const PROGRESS_CHECK_INTERVAL_MS = 5000;

const PORTS: Readonly<Record<ListenerOptions['flag'], AuditedPort>> = {
  '--listen-client-urls': 'client',
  '--listen-peer-urls': 'peer',
  '--listen-metrics-urls': 'metrics',
};

export interface ListenerOptions {
  /** The command line option that named the address, for the error. */
  readonly flag: '--listen-client-urls' | '--listen-peer-urls' | '--listen-metrics-urls';
  readonly maxHeaderBytes: number;
  readonly headerTimeoutMs: number;
  readonly bodyTimeoutMs: number;
  readonly logger: Logger;
  /** What browsers may do here; without it no page writes, and names are not looked at. */
  readonly web?: WebRules | undefined;
  /** Told of every request; without it nothing is written down. */
  readonly audit?: AuditTrail | undefined;
  /** For its connections; without it they are not counted. */
  readonly places?: ConnectionPlaces | undefined;
  /** What answers key requests past Node's server; without it all go there. */
  readonly direct?: DirectHandler | undefined;
  /** What an address with the scheme https is served by. */
  readonly tls?: TlsAcceptor | undefined;
}

export class Listener {
  private constructor(
    private readonly server: Server,
    private readonly counter: TrafficCounter,
    private readonly connections: ReadonlyMap<Duplex, Connection>,
    readonly address: AddressInfo,
    private readonly endWaiting: () => void,
    private readonly tls: BehindTls | undefined,
  ) {}

  /** What all its connections carried. */
  traffic(): Traffic {
    return this.counter.total();
  }

  /** Resolves when connections are accepted; rejects with ListenError. */
  static async open(address: ListenAddress, options: ListenerOptions, handler: RequestListener): Promise<Listener> {
    const server = createServer({
      maxHeaderSize: options.maxHeaderBytes,
      headersTimeout: options.headerTimeoutMs,
      requestTimeout: options.headerTimeoutMs + options.bodyTimeoutMs,
      connectionsCheckingInterval: TIMEOUT_CHECK_INTERVAL_MS,
      keepAliveTimeout: KEEP_ALIVE_TIMEOUT_MS,
      keepAlive: true,
      keepAliveInitialDelay: TCP_PROBE_AFTER_MS,
      noDelay: true,
      // Asked for in `admission.ts`, with all else that is asked of a request.
      requireHostHeader: false,
    });
    server.maxHeadersCount = HEADERS_MAX + 1;
    // Whoever has sent a whole request may close that half of the connection and still gets the answer.
    Reflect.set(server, 'httpAllowHalfOpen', true);
    const traffic = new TrafficCounter();
    // Node's own would also end those whose answer was made and is not sent yet.
    server.closeIdleConnections = (): void => {
      for (const connection of connections.values()) connection.closeIfIdle();
      direct?.closeIdle();
    };
    const connections = serveInOrder(server, options.logger, admitted(address, handler, options));
    const direct = putInFront(server, address, options, connections);
    server.on('connection', (socket: Socket) => {
      traffic.add(socket);
      socket.on('close', () => {
        traffic.delete(socket);
      });
    });
    const tls = address.scheme === 'https' ? behindTls(server, acceptorOf(options)) : undefined;
    const endWaiting = options.places?.guard(server) ?? (() => undefined);
    await listen(server, address, options.flag);
    server.on('error', (error) => {
      options.logger.warn({ err: error }, 'a connection could not be accepted');
    });
    const bound = server.address();
    if (bound === null || typeof bound === 'string') throw new Error('a TCP server has an address and a port');
    return new Listener(server, traffic, connections, bound, endWaiting, tls);
  }

  /** Tells of each connection that is accepted, with TLS once its handshake is done. */
  onConnection(handler: Serving): void {
    if (this.tls === undefined) this.server.on('connection', handler);
    else this.tls.served.push(handler);
  }

  /** Lets the owner of another protocol take connections over. */
  onUpgrade(handler: (request: IncomingMessage, socket: Duplex, head: Buffer) => void): void {
    this.server.on('upgrade', (request: IncomingMessage, socket: Socket, head: Buffer) => {
      if (this.connections.get(socket)?.release() === false) socket.destroy();
      else handler(request, socket, head);
    });
  }

  /** Accepts nothing new, lets requests finish, and cuts what is still open after `deadlineMs`. */
  async close(deadlineMs: number): Promise<void> {
    const closed = new Promise<void>((resolve) => {
      this.server.close(() => {
        resolve();
      });
    });
    this.endWaiting();
    this.tls?.end();
    this.server.closeIdleConnections();
    // A connection that becomes idle only now would otherwise rest until its keep-alive timeout.
    const sweep = setInterval(() => {
      this.server.closeIdleConnections();
    }, 20);
    const cut = setTimeout(() => {
      for (const socket of this.counter.sockets) socket.destroy();
    }, deadlineMs);
    await closed;
    clearInterval(sweep);
    clearTimeout(cut);
  }
}

/** What is refused before anything is looked at of what is asked for. */
function admitted(
  address: ListenAddress,
  handler: RequestListener,
  { web = NO_WEB, audit, flag }: ListenerOptions,
): RequestListener {
  const webRefusalOf = webRefusals(address.host, web);
  return (request, response) => {
    audit?.follow(request, response, PORTS[flag]);
    const refusal = refusalOf(request) ?? webRefusalOf(request);
    if (refusal === undefined) handler(request, response);
    else refuse(response, refusal);
  };
}

/**
 * From here on the server's connections come to its listeners with their first request that is not direct. Called when all of those are there
 * that serve requests.
 */
function putInFront(
  server: Server,
  address: ListenAddress,
  { direct: handler, maxHeaderBytes, web = NO_WEB }: ListenerOptions,
  connections: ReadonlyMap<Duplex, Connection>,
): DirectConnections | undefined {
  if (handler === undefined) return undefined;
  const names = address.scheme === 'https' ? undefined : ownNames(address.host, web);
  const direct = new DirectConnections({
    handler: (request, response) => names?.allows(request.host) !== false && handler(request, response),
    maxHeaderBytes,
    restMaxMs: KEEP_ALIVE_TIMEOUT_MS,
    readAhead: (socket, bytes) => connections.get(socket)?.readAhead(bytes),
  });
  standInFront(server, (socket, serve) => {
    direct.take(socket, serve);
  });
  checkWhileListening(server, (nowMs) => {
    direct.checkProgress(nowMs);
  });
  return direct;
}

function checkWhileListening(server: Server, check: (nowMs: number) => void): void {
  server.on('listening', () => {
    const timer = setInterval(() => {
      check(performance.now());
    }, PROGRESS_CHECK_INTERVAL_MS);
    server.on('close', () => {
      clearInterval(timer);
    });
  });
}

/** Every request of the server goes to its connection, which hands it to `handler` when its turn comes. */
function serveInOrder(server: Server, logger: Logger, handler: RequestListener): ReadonlyMap<Duplex, Connection> {
  const connections = new Map<Duplex, Connection>();
  const complaints = new Complaints(logger, { monotonicMs: () => performance.now() });
  const take = (request: IncomingMessage, response: ServerResponse): void => {
    connections.get(request.socket)?.take(request, response);
  };
  server.on('connection', (socket: Socket) => {
    connections.set(socket, new Connection(socket, handler));
    socket.on('close', () => {
      connections.delete(socket);
    });
  });
  server.on('request', take);
  // An expectation that is not 100-continue is refused as the others are.
  server.on('checkExpectation', take);
  server.on('connect', (_request: IncomingMessage, socket: Socket) => {
    answerConnect(socket, connections.get(socket));
  });
  server.on('clientError', (error, socket) => {
    answerClientError(error, socket, connections.get(socket), logger, complaints);
  });
  checkWhileListening(server, (nowMs) => {
    for (const connection of connections.values()) connection.checkProgress(nowMs);
  });
  return connections;
}

/**
 * From here on the server's connections come to its listeners when their handshake is done, and never if they may not be served. Called
 * when all of its own listeners for them are there, and before others are put in front.
 */
function behindTls(server: Server, acceptor: TlsAcceptor): BehindTls {
  const unfinished = new Set<Socket>();
  const served = standInFront(server, (raw, serve) => {
    unfinished.add(raw);
    raw.once('close', () => unfinished.delete(raw));
    acceptor.accept(raw, (secure) => {
      unfinished.delete(raw);
      serve(secure);
    });
  });
  const end = (): void => {
    for (const raw of unfinished) raw.destroy();
  };
  return { served, end };
}

function acceptorOf({ tls, flag }: ListenerOptions): TlsAcceptor {
  if (tls === undefined) throw new Error(`${flag} has an https URL and nothing to serve it with`);
  return tls;
}

function listen(server: Server, address: ListenAddress, flag: string): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) => {
      reject(listenErrorOf(address, flag, error));
    });
    server.listen(address.port, address.host === '' ? undefined : address.host, () => {
      server.removeAllListeners('error');
      resolve();
    });
  });
}
