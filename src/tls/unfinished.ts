/**
 * Connections whose handshake is not done: bounded in number and in time. When there are too many, those make room that come from where most of
 * them come from, so that a flood from one network keeps nobody out who comes from another.
 */
import type { Socket } from 'node:net';
import type { Cancel, Clock } from '../platform/clock';
import { networkOf } from '../platform/network';

/** A handshake takes a round trip or two, and a millisecond of this process: more are only there at once when somebody wants it so. */
const UNFINISHED_MAX = 1000;
/** Younger ones may be honest and on a long way: they are not ended for newer ones. */
const YOUNG_MS = 1000;

interface Entry<T> {
  readonly what: T;
  readonly sinceMs: number;
  readonly network: string;
  readonly cancel: Cancel;
}

export class Unfinished<T> {
  /** In the order in which they came. */
  private readonly entries = new Map<Socket, Entry<T>>();
  /** The same, by where they are from. */
  private readonly ofNetworks = new Map<string, Set<Socket>>();

  /** @param onTimeout told of a connection that is ended because its time is over */
  constructor(
    private readonly clock: Pick<Clock, 'monotonicMs' | 'after'>,
    private readonly timeoutMs: number,
    private readonly onTimeout: (socket: Socket) => void,
    private readonly max = UNFINISHED_MAX,
  ) {}

  /** False: there are too many, mostly of its own network, of which the oldest has just begun too. */
  add(socket: Socket, what: T): boolean {
    const nowMs = this.clock.monotonicMs();
    const network = networkOf(socket.remoteAddress ?? '');
    if (this.entries.size >= this.max && !this.makeRoom(network, nowMs)) return false;
    const cancel = this.clock.after(this.timeoutMs, () => {
      this.onTimeout(socket);
      socket.destroy();
    });
    this.entries.set(socket, { what, sinceMs: nowMs, network, cancel });
    const others = this.ofNetworks.get(network);
    if (others === undefined) this.ofNetworks.set(network, new Set([socket]));
    else others.add(socket);
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
    const others = this.ofNetworks.get(entry.network);
    others?.delete(socket);
    if (others?.size === 0) this.ofNetworks.delete(entry.network);
    return entry.what;
  }

  private makeRoom(network: string, nowMs: number): boolean {
    const most = this.ofLargestNetwork();
    const [oldest] = most;
    const entry = oldest && this.entries.get(oldest);
    if (oldest === undefined || entry === undefined) return false;
    // With one more this network would still have fewer: what the other one has is more than its share, however young.
    const hasFewer = (this.ofNetworks.get(network)?.size ?? 0) + 1 < most.size;
    if (!hasFewer && nowMs - entry.sinceMs < YOUNG_MS) return false;
    this.take(oldest);
    oldest.destroy();
    return true;
  }

  private ofLargestNetwork(): ReadonlySet<Socket> {
    let most: ReadonlySet<Socket> = new Set();
    for (const sockets of this.ofNetworks.values()) if (sockets.size > most.size) most = sockets;
    return most;
  }
}
