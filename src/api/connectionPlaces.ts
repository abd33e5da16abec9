/**
 * How many may be connected to a kind of ports. Those beyond it are accepted and wait in line, unread, until a place is free, as behind
 * the listener of etcd (netutil.LimitListener), where they wait in the kernel. Node cannot leave a connection there. How
 * many there are of each is worked out in limits/descriptors.ts.
 */
import type { Server } from 'node:http';
import type { Socket } from 'node:net';
import type { Logger } from 'pino';
import { standInFront } from './connection/inFront';

export interface PlacesOptions {
  /** Whose connections they are, for the log; absent: those of clients. */
  readonly of?: keyof typeof CROWDED;
  readonly served: number;
  readonly waiting: number;
  readonly logger: Pick<Logger, 'warn'>;
  /** Milliseconds of a clock that never goes back. */
  readonly nowMs: () => number;
}

/** For the metrics. */
export interface PlacesReport {
  readonly served: number;
  readonly waiting: number;
  readonly limit: number;
  /** Since the start: connections for which there was not even a place to wait. */
  readonly refused: number;
}

/** A warning is given from this share of the places on. */
const NEAR_SHARE = 0.9;
const WARN_INTERVAL_MS = 60_000;
/** Idle connections are ended at most this often: their clients connect again. */
const MAKE_ROOM_INTERVAL_MS = 1000;

/** What is said when there are nearly as many as there are places. */
const CROWDED = {
  clients:
    'there are nearly as many client connections as the limit on open files has room for; more wait until one ends. ' +
    'Raise the limit (`ulimit -n`) or find out who keeps so many',
  monitoring:
    'there are nearly as many connections to the port for metrics as it has places; more wait until one ends. Find out who keeps so many',
  members:
    'there are nearly as many connections to the peer port of this standby as it has places; more wait until one ends. Find out who keeps ' +
    'so many',
} as const;

const BODY = 'the member has no place for more connections\n';
const NO_PLACE =
  'HTTP/1.1 503 Service Unavailable\r\nContent-Type: text/plain; charset=utf-8\r\nRetry-After: 1\r\n' +
  `Connection: close\r\nContent-Length: ${BODY.length}\r\n\r\n${BODY}`;

/** The places of all listeners of one kind together. */
export class ConnectionPlaces {
  private served = 0;
  private refused = 0;
  /** Each begins to serve one, in the order in which they came. */
  private readonly waiting = new Set<() => void>();
  private warnedMs = -WARN_INTERVAL_MS;
  private madeRoomMs = -MAKE_ROOM_INTERVAL_MS;

  constructor(private readonly options: PlacesOptions) {}

  report(): PlacesReport {
    return {
      served: this.served,
      waiting: this.waiting.size,
      limit: this.options.served,
      refused: this.refused,
    };
  }

  /**
   * From here on the server's connections come to its listeners when they have a place. Called when all of its own
   * listeners for them are there.
   *
   * @returns what ends those that wait, for when the server is closed
   */
  guard(server: Server): () => void {
    const own = new Set<Socket>();
    const makeRoom = (): void => {
      server.closeIdleConnections();
    };
    standInFront(server, (socket, serve) => {
      this.arrive(socket, own, makeRoom, () => {
        serve(socket);
      });
    });
    return () => {
      for (const socket of own) socket.destroy();
    };
  }

  private arrive(socket: Socket, own: Set<Socket>, makeRoom: () => void, serve: () => void): void {
    const { served, waiting } = this.options;
    if (this.served < served) {
      this.take(socket, serve);
      if (this.served >= served * NEAR_SHARE) this.warn();
      return;
    }
    this.warn();
    this.askForRoom(makeRoom);
    if (this.waiting.size >= waiting) {
      this.refused++;
      socket.on('error', () => undefined);
      socket.end(NO_PLACE, 'latin1');
      socket.destroySoon();
      return;
    }
    this.wait(socket, own, serve);
  }

  private wait(socket: Socket, own: Set<Socket>, serve: () => void): void {
    const onError = (): void => undefined;
    const leave = (): void => {
      this.waiting.delete(begin);
      own.delete(socket);
      socket.removeListener('error', onError);
      socket.removeListener('close', leave);
    };
    const begin = (): void => {
      leave();
      this.take(socket, serve);
    };
    socket.on('error', onError);
    socket.on('close', leave);
    this.waiting.add(begin);
    own.add(socket);
  }

  private take(socket: Socket, serve: () => void): void {
    this.served++;
    socket.once('close', () => {
      this.served--;
      // A set keeps the order in which they came.
      const [next] = this.waiting;
      next?.();
    });
    serve();
  }

  /** Clients that keep a connection in reserve lose it to one that asks for something. */
  private askForRoom(makeRoom: () => void): void {
    const nowMs = this.options.nowMs();
    if (nowMs - this.madeRoomMs < MAKE_ROOM_INTERVAL_MS) return;
    this.madeRoomMs = nowMs;
    makeRoom();
  }

  private warn(): void {
    const nowMs = this.options.nowMs();
    if (nowMs - this.warnedMs < WARN_INTERVAL_MS) return;
    this.warnedMs = nowMs;
    this.options.logger.warn(this.report(), CROWDED[this.options.of ?? 'clients']);
  }
}
