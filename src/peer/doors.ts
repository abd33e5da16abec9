import type { Duplex } from 'node:stream';
import type { PeerClock } from './environment';

/** Connections to the peer port that have not shown to be a member's, where there are descriptors for so many. */
const STRANGERS_MAX = 256;
/** How long one may stay so. A person with curl, or a joining member that asks for the list, takes a moment. */
const STRANGER_MS = 15_000;

/**
 * Bounds the connections to the peer port in number and time until they are known to be a member's. Beyond the bound the one
 * that came first goes: a member needs a few round trips, so that a crowd cannot keep it out by merely being there.
 */
export class Doors {
  private readonly strangers = new Set<Duplex>();

  constructor(
    private readonly clock: Pick<PeerClock, 'after'>,
    private readonly max = STRANGERS_MAX,
  ) {}

  /** How many connections have not shown whose they are. */
  get count(): number {
    return this.strangers.size;
  }

  /** A connection was accepted; nothing was read from it yet. */
  arrived(socket: Duplex): void {
    this.strangers.add(socket);
    const cancel = this.clock.after(STRANGER_MS, () => {
      if (this.strangers.has(socket)) socket.destroy();
    });
    socket.on('close', () => {
      cancel();
      this.strangers.delete(socket);
    });
    if (this.strangers.size <= this.max) return;
    for (const first of this.strangers) {
      this.strangers.delete(first);
      first.destroy();
      return;
    }
  }

  /** It is a member's, or of somebody who may ask for more than a moment takes. */
  known(socket: Duplex): void {
    this.strangers.delete(socket);
  }
}
