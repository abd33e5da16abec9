/** What the API is started with. */
import type { Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import type { IncomingMessage } from 'node:http';
import type { Logger } from 'pino';
import type { Scheme } from '../config/urls';
import type { Member } from '../member/types';
import type { AuditTrail } from './audit';
import type { BodyBudget } from './bodyBudget';
import type { WebRules } from './connection/webRules';
import type { ConnectionPlaces } from './connectionPlaces';
import type { Assets } from './dashboard/assets';
import type { DiscoveryOptions } from './discovery/options';
import type { Drain } from './drain';
import type { AnswerFounder } from './founders';
import type { ApiObserver } from './observer';
import type { TlsAcceptor } from '../tls/acceptor';
import type { PeerPort } from './peerPort';

/** Where to listen. `localhost` means every loopback address there is; port 0 takes a free one. */
export interface ListenAddress {
  /** `http` if absent. */
  readonly scheme?: Scheme;
  readonly host: string;
  readonly port: number;
}

/** The levels that `/config/local/log` can ask for, by their pino names. */
export type LogLevel = 'fatal' | 'error' | 'warn' | 'info' | 'debug' | 'trace';

/** Metrics in their text form; the registry of prom-client fits. */
export interface MetricsSource {
  readonly contentType: string;
  metrics(): Promise<string>;
}

/** What the client port is for: the whole API, or nothing but the discovery service and the routes for operators. */
export type Surface = 'all' | 'discovery';

/** On which port the routes are that only operators need: drain, log level, changes of the members, `/debug/vars`, `/new`. */
export type OperatorPlace = 'client' | 'metrics' | 'peer';

export interface ApiOptions {
  readonly member: Member;
  readonly surface: Surface;
  readonly discovery: DiscoveryOptions;
  readonly clientAddresses: readonly ListenAddress[];
  /** Listens already, and is served by the API from then on. Whoever opened it closes it if the start fails. */
  readonly peerPort: PeerPort;
  /** What other founders are told; without it the route `/founders` is not there. */
  readonly answerFounder?: AnswerFounder;
  /** What browsers may do on the client and metrics ports; `cors` also says whose pages may read answers. */
  readonly web: WebRules;
  /** The name in the verified certificate of a client's connection, where certificates make it a user. */
  readonly certificateNameOf?: ((socket: Socket) => string | undefined) | undefined;
  /** Longest request body. */
  readonly maxRequestBytes: number;
  /** For all bodies together; without it there is no limit. */
  readonly bodyBudget?: BodyBudget;
  /** How far a watcher may be behind; absent: the usual. */
  readonly watchBehindBytesMax?: number;
  /** Longest request line with its headers. */
  readonly maxHeaderBytes: number;
  /** How long a client may take to send its headers. */
  readonly headerTimeoutMs: number;
  /** How long it may then take for the body. */
  readonly bodyTimeoutMs: number;
  /** How many clients may be connected; without it there is no limit. */
  readonly places?: ConnectionPlaces;
  /** The same for metrics addresses. */
  readonly metricsPlaces?: ConnectionPlaces | undefined;
  readonly logger: Logger;
  /** Milliseconds since 1970. */
  readonly now: () => number;
  /** Told who asked for it, in words. */
  readonly setLogLevel: (level: LogLevel, caller: string) => void;
  /** Absent: `client`. */
  readonly operatorRoutes?: OperatorPlace;
  /** What `/debug/vars` shows of the command line; none of its secrets. */
  readonly commandLine?: readonly string[];
  /** Without it the route `/config/local/drain` is not there. */
  readonly drain?: Drain;
  /** What `/metrics` shows; without it the route is not there. */
  readonly metrics?: MetricsSource;
  /** The files of the dashboard; without it the routes are not there. */
  readonly dashboard?: (() => Assets) | undefined;
  /** For client and metrics addresses with the scheme https. */
  readonly tls?: TlsAcceptor | undefined;
  /** Where nothing but `/metrics` and health is served; none if absent. */
  readonly metricsAddresses?: readonly ListenAddress[];
  readonly observer?: ApiObserver;
  /** Told of every request on the client and metrics ports; the peer port is opened with its own. */
  readonly audit?: AuditTrail | undefined;
  /** Told of a connection to the peer port over which the whole state or log is about to be given away: it may take its time. */
  readonly onPeerGranted?: (socket: Duplex) => void;
  /** Takes over the connections on the peer port that ask for an upgrade; without it they are refused. */
  readonly onPeerUpgrade?: (request: IncomingMessage, socket: Duplex, head: Buffer) => void;
}
