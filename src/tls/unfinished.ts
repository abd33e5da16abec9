/** Connections whose handshake is not done: bounded in number and in time. */
import type { Socket } from 'node:net';
import type { Cancel, Clock } from '../platform/clock';

/** A handshake takes a round trip or two, and a millisecond of this process: more are only there at once when somebody wants it so. */
const UNFINISHED_MAX = 1000;
/** Younger ones may be honest and on a long way: they are not ended for newer ones. */
const YOUNG_MS = 1000;

interface Entry<T> {
  readonly what: T;
  readonly sinceMs: number;
  readonly cancel: Cancel;
}

export class Unfinished<T> {
  /** In the order in which they came. */
  private readonly entries = new Map<Socket, Entry<T>>();

  /** @param onTimeout told of a connection that is ended because its time is over */
  constructor(
    private readonly clock: Pick<Clock, 'monotonicMs' | 'after'>,
    private readonly timeoutMs: number,
    private readonly onTimeout: (socket: Socket) => void,
    private readonly max = UNFINISHED_MAX,
  ) {}

  /** False: there are too many, and the oldest has just begun too. */
  add(socket: Socket, what: T): boolean {
    const nowMs = this.clock.monotonicMs();
    if (this.entries.size >= this.max && !this.makeRoom(nowMs)) return false;
    const cancel = this.clock.after(this.timeoutMs, () => {
      this.onTimeout(socket);
      socket.destroy();
    });
    this.entries.set(socket, { what, sinceMs: nowMs, cancel });
    socket.once('close', () => {
      this.take(socket);
    });
    return true;
  }

  /** It is finished, one way or the other; undefined if it was before. */
  take(socket: Socket): T | undefined {
    const entry = this.entries.get(socket);
    if (entry === undefined) return undefined;
    entry.cancel();
    this.entries.delete(socket);
    return entry.what;
  }

  private makeRoom(nowMs: number): boolean {
    for (const [socket, { sinceMs }] of this.entries) {
      if (nowMs - sinceMs < YOUNG_MS) return false;
      this.take(socket);
      socket.destroy();
      return true;
    }
    return false;
  }
}
