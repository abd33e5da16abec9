import type { Duplex } from 'node:stream';
import type { PeerContext } from './context';
import type { Cancel } from '../platform/clock';

/** Streams of one claimed id that may wait at once: a member opens two, and those of an impostor go as soon as the member is asked. */
const PLACES = 8;

interface Waiting {
  readonly socket: Duplex;
  readonly welcome: () => void;
  readonly cancel: Cancel;
}

/**
 * Accepted streams that say they are of one member and are not confirmed yet. Anybody can say so: the member itself is asked, on
 * the stream that was dialed to where the cluster says that it listens. Until then they cost a socket, and nothing they carry
 * counts.
 */
export class Parking {
  private readonly waiting = new Map<string, Waiting>();

  /** @param ask asks the member about a stream, if the stream to it is up */
  constructor(
    private readonly id: string,
    private readonly context: PeerContext,
    private readonly ask: (nonce: string) => void,
  ) {}

  get hasRoom(): boolean {
    return this.waiting.size < PLACES;
  }

  /** `welcome` is called once the member confirmed the stream; otherwise its socket is destroyed. */
  add(nonce: string, socket: Duplex, welcome: () => void): void {
    if (this.waiting.has(nonce)) {
      socket.destroy();
      return;
    }
    const cancel = this.context.clock.after(this.context.limits.confirmMs, () => {
      const text = `closed a stream that says it is of peer ${this.id}: the peer was asked and did not confirm it in time`;
      this.context.log.write('warn', 'unconfirmed', this.id, text);
      socket.destroy();
    });
    this.waiting.set(nonce, { socket, welcome, cancel });
    socket.on('close', () => {
      if (this.waiting.get(nonce)?.socket === socket) this.take(nonce);
    });
    this.ask(nonce);
  }

  /** The stream to the member came up: everything that waits can be asked about. */
  askAll(): void {
    for (const nonce of this.waiting.keys()) this.ask(nonce);
  }

  /** What the member said. */
  answered(nonce: string, isOurs: boolean): void {
    const found = this.take(nonce);
    if (found === undefined) return;
    if (isOurs) {
      found.welcome();
      return;
    }
    const text = `closed a stream that said it is of peer ${this.id}: the peer did not open it`;
    this.context.log.write('error', 'unconfirmed', this.id, text);
    found.socket.destroy();
  }

  closeAll(): void {
    for (const [nonce, { socket }] of [...this.waiting]) {
      this.take(nonce);
      socket.destroy();
    }
  }

  private take(nonce: string): Waiting | undefined {
    const found = this.waiting.get(nonce);
    this.waiting.delete(nonce);
    found?.cancel();
    return found;
  }
}
