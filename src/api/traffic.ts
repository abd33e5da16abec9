/** Counts the bytes of all connections of a listener. */
import type { Socket } from 'node:net';

/** Bytes since the listener was opened. */
export interface Traffic {
  readonly receivedBytes: number;
  readonly sentBytes: number;
}

/** What is needed of a socket. */
export type Connection = Pick<Socket, 'bytesRead' | 'bytesWritten' | 'destroy'>;

/** Asking one socket takes most of a microsecond: so many may be asked while somebody waits. */
const ASKED_MAX = 1000;
const SWEEP_INTERVAL_MS = 250;

/**
 * Node counts the bytes of each socket, and only for those that ask. Up to a thousand open connections are asked when
 * somebody wants to know; of more, a thousand at a time go round, so that the answer is at most some seconds old.
 */
export class TrafficCounter {
  private readonly counted = new Map<Connection, { receivedBytes: number; sentBytes: number }>();
  /**
   * Those still to be asked in this round. A list of its own: an iterator that is kept holds on to every table that the map grew out of, and so to
   * connections that ended long ago.
   */
  private round: Connection[] = [];
  private timer: NodeJS.Timeout | undefined;
  private receivedBytes = 0;
  private sentBytes = 0;

  get sockets(): Iterable<Connection> {
    return this.counted.keys();
  }

  add(socket: Connection): void {
    this.counted.set(socket, { receivedBytes: 0, sentBytes: 0 });
    if (this.counted.size > ASKED_MAX) this.timer ??= setInterval(this.sweep, SWEEP_INTERVAL_MS).unref();
  }

  /** The connection has ended. */
  delete(socket: Connection): void {
    this.ask(socket);
    this.counted.delete(socket);
  }

  total(): Traffic {
    if (this.counted.size <= ASKED_MAX) for (const socket of this.counted.keys()) this.ask(socket);
    return { receivedBytes: this.receivedBytes, sentBytes: this.sentBytes };
  }

  private readonly sweep = (): void => {
    if (this.counted.size <= ASKED_MAX) {
      clearInterval(this.timer);
      this.timer = undefined;
      this.round = [];
      return;
    }
    if (this.round.length === 0) this.round = [...this.counted.keys()];
    for (const socket of this.round.splice(-ASKED_MAX)) this.ask(socket);
  };

  private ask(socket: Connection): void {
    const before = this.counted.get(socket);
    if (before === undefined) return;
    const { bytesRead } = socket;
    // One that is destroyed takes back what waited to be sent, and whoever counts takes a counter that goes back for one that began anew.
    const bytesWritten = Math.max(before.sentBytes, socket.bytesWritten);
    this.receivedBytes += bytesRead - before.receivedBytes;
    this.sentBytes += bytesWritten - before.sentBytes;
    before.receivedBytes = bytesRead;
    before.sentBytes = bytesWritten;
  }
}
