/** The connections of a proxy to the members: kept from request to request, one pool for each scheme. */
import { Agent, type AgentOptions, type ClientRequestArgs } from 'node:http';
import type { Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import type { Dial } from '../platform/dial';
import type { Endpoint } from './endpoints';

/** Connections to one member that wait for their next request. */
const IDLE_CONNECTIONS_MAX = 256;

/** How long they wait: less than a member lets them rest, so that it is not the member that ends them. */
const IDLE_MS = 60_000;

/** As `dial` sets it: how long a connection may be silent before the operating system probes it, so that a vanished member is noticed. */
const PROBE_AFTER_MS = 30_000;

const KEPT: AgentOptions = {
  keepAlive: true,
  // The agent sets it anew after each request.
  keepAliveMsecs: PROBE_AFTER_MS,
  maxFreeSockets: IDLE_CONNECTIONS_MAX,
  timeout: IDLE_MS,
};

/** node:http's agent over connections that `dial` opens, so that each of them is verified as any other. */
class DialAgent extends Agent {
  constructor(
    private readonly dial: Dial,
    private readonly scheme: Endpoint['scheme'],
    options: AgentOptions,
  ) {
    super(options);
  }

  override createConnection({ host, port }: ClientRequestArgs): Duplex {
    const name = host ?? '';
    return this.dial(new URL(`${this.scheme}://${name.includes(':') ? `[${name}]` : name}:${port ?? ''}`));
  }
}

export class Connections {
  private readonly kept;
  private readonly fresh;

  constructor(dial: Dial) {
    this.kept = { http: new DialAgent(dial, 'http', KEPT), https: new DialAgent(dial, 'https', KEPT) };
    this.fresh = { http: new DialAgent(dial, 'http', {}), https: new DialAgent(dial, 'https', {}) };
  }

  /** @param isFresh no connection that carried a request before */
  agentFor({ scheme }: Endpoint, isFresh: boolean): Agent {
    return (isFresh ? this.fresh : this.kept)[scheme];
  }

  close(): void {
    for (const agent of [this.kept.http, this.kept.https, this.fresh.http, this.fresh.https]) agent.destroy();
  }
}

/** Calls back when a connection can carry a request: it is there and, with TLS, the other side is verified. */
export function onceOpen(socket: Socket, scheme: Endpoint['scheme'], isReused: boolean, then: () => void): void {
  if (isReused || (scheme === 'http' && !socket.connecting)) then();
  else socket.once(scheme === 'https' ? 'secureConnect' : 'connect', then);
}
