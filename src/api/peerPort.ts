/** The listening sockets for the other members. They are open before the member is: founders ask each other while they begin. */
import type { IncomingMessage, RequestListener } from 'node:http';
import type { Duplex } from 'node:stream';
import type { Listener, ListenerOptions } from './listener';
import { openListeners } from './openListeners';
import type { ListenAddress } from './options';

type UpgradeHandler = (request: IncomingMessage, socket: Duplex, head: Buffer) => void;

const NOT_YET = 'this process takes no streams of members (yet)\n';
const NOT_YET_ANSWER =
  'HTTP/1.1 503 Service Unavailable\r\nContent-Type: text/plain; charset=utf-8\r\n' +
  `Content-Length: ${NOT_YET.length}\r\nConnection: close\r\n\r\n${NOT_YET}`;

/** With an answer: who is only cut off takes that for a fault of the line, or of a certificate. */
function refuseUpgrade(_: IncomingMessage, socket: Duplex): void {
  // An error is followed by the close.
  socket.on('error', () => undefined);
  // Nobody else reads, and a stream that is not read never closes.
  socket.resume();
  socket.end(NOT_YET_ANSWER, () => socket.destroy());
}

export class PeerPort {
  private constructor(
    readonly listeners: readonly Listener[],
    private readonly serving: { handler: RequestListener; upgrade: UpgradeHandler },
  ) {}

  /**
   * Listens on every address, or on none: rejects with ListenError, naming the first that failed.
   *
   * @param onConnection told of each connection that is accepted, with TLS once its handshake is done
   */
  static async open(
    addresses: readonly ListenAddress[],
    options: Omit<ListenerOptions, 'flag'>,
    handler: RequestListener,
    onConnection?: (socket: Duplex) => void,
  ): Promise<PeerPort> {
    const serving: { handler: RequestListener; upgrade: UpgradeHandler } = { handler, upgrade: refuseUpgrade };
    const listeners = await openListeners(
      addresses,
      { ...options, flag: '--listen-peer-urls' },
      (request, response) => {
        serving.handler(request, response);
      },
    );
    for (const listener of listeners) {
      if (onConnection !== undefined) listener.onConnection(onConnection);
      listener.onUpgrade((request, socket, head) => {
        serving.upgrade(request, socket, head);
      });
    }
    return new PeerPort(listeners, serving);
  }

  /** From now on these answer; who asks for an upgrade is refused if `upgrade` is absent. */
  serve(handler: RequestListener, upgrade: UpgradeHandler = refuseUpgrade): void {
    this.serving.handler = handler;
    this.serving.upgrade = upgrade;
  }

  async close(deadlineMs: number): Promise<void> {
    await Promise.all(this.listeners.map((listener) => listener.close(deadlineMs)));
  }
}
