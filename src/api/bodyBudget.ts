/** Bytes of all request bodies that are under way, from their first byte until the request is answered. */
import { networkOf } from '../platform/network';
import type { Outgoing } from './http/outgoing';

/** Smaller bodies are not counted: the connection itself costs more, and descriptors bound the connections. */
const COUNTED_FROM_BYTES = 1024;

/**
 * All bodies of one client may take so many times what stays free beside them: three quarters of the budget while nobody else has any.
 * Whoever comes then finds room, and so does the one after that.
 */
const TIMES_THE_REST = 3;

interface Client {
  bytes: number;
  bodies: number;
}

export class BodyBudget {
  private used = 0;
  private readonly clients = new Map<string, Client>();
  /** Of each response with an account: closes it. */
  private readonly open = new WeakMap<Outgoing, () => void>();

  constructor(private readonly limit: number) {}

  get usedBytes(): number {
    return this.used;
  }

  /**
   * An account for one body, or for what is held of a request instead of it: then that of the body is closed. It is closed when the response
   * is, answered or not. A client is known by its network: of IPv6 addresses anybody has as many as he likes.
   *
   * @returns false: there is no room for a body that has become so long
   */
  account(response: Outgoing): (length: number) => boolean {
    let counted = 0;
    let client: Client | undefined;
    return (length) => {
      // Of a response that is closed nobody would ever say again that it is.
      if (length < COUNTED_FROM_BYTES || response.closed) return true;
      client ??= this.opened(response, () => counted);
      const more = length - counted;
      if (!this.hasRoom(client, counted, more)) return false;
      this.used += more;
      client.bytes += more;
      counted = length;
      return true;
    };
  }

  /** Nothing of the body of this request is held any more, though its answer may take long. */
  release(response: Outgoing): void {
    this.open.get(response)?.();
  }

  /** A client's only body may take all there is. */
  private hasRoom(client: Client, counted: number, more: number): boolean {
    const rest = this.limit - this.used - more;
    if (rest < 0) return false;
    return client.bytes === counted || client.bytes + more <= TIMES_THE_REST * rest;
  }

  private opened(response: Outgoing, counted: () => number): Client {
    this.release(response);
    const network = networkOf(response.req.socket.remoteAddress ?? '');
    const client = this.clients.get(network) ?? { bytes: 0, bodies: 0 };
    this.clients.set(network, client);
    client.bodies += 1;
    const close = (): void => {
      // Another account of the same response may have taken its place.
      if (this.open.get(response) !== close) return;
      this.open.delete(response);
      this.used -= counted();
      client.bytes -= counted();
      client.bodies -= 1;
      if (client.bodies === 0) this.clients.delete(network);
    };
    this.open.set(response, close);
    response.once('close', close);
    return client;
  }
}
