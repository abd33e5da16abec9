/** Connections to the endpoints, kept open between requests. */
import { Agent, type AgentOptions } from 'node:http';
import { isIP } from 'node:net';
import { connect, createSecureContext, type SecureContext } from 'node:tls';
import type { Duplex } from 'node:stream';
import { dialTcp, hostOf, portOf, type Dial } from '../../platform/dial';
import { explainErrorsOf, type Remedies } from '../../tls/dialFailure';
import { identityError } from '../../tls/serverCheck';

/** How the client shows itself and whom it believes, over https; the names are those of `node:tls`. */
export interface TlsOptions {
  /** Certificates of the authorities that may have signed the members' (PEM); those that Node.js trusts if absent. */
  readonly ca?: string | Buffer | readonly (string | Buffer)[];
  /** The client's own certificate and key (PEM), where members demand one. */
  readonly cert?: string | Buffer;
  readonly key?: string | Buffer;
  readonly passphrase?: string;
  /** The name that the members' certificates have, if it is not the host of the URL. */
  readonly servername?: string;
  /** False: whoever answers is believed, and TLS protects from nobody who can stand between. True if absent. */
  readonly rejectUnauthorized?: boolean;
  /** TLSv1.2 if absent. */
  readonly minVersion?: 'TLSv1.2' | 'TLSv1.3';
}

/** Longer than that a connection that nobody uses is not kept. */
const IDLE_MS = 30_000;
const IDLE_MAX = 16;
const KEEP_ALIVE_AFTER_MS = 30_000;

/** The connections of one client. */
export class Connections {
  private readonly kept = new Map<string, DialledAgent>();

  constructor(
    private readonly dial: Dial,
    private readonly isKeeping = true,
  ) {}

  /** Connections to the host of this URL, which stay open after an answer. */
  agentFor(url: URL): Agent {
    if (!this.isKeeping) return this.oneShot(url);
    let agent = this.kept.get(url.origin);
    if (agent === undefined) {
      agent = new DialledAgent(url, this.dial, { keepAlive: true, timeout: IDLE_MS, maxFreeSockets: IDLE_MAX });
      this.kept.set(url.origin, agent);
    }
    return agent;
  }

  /** A connection for one request. For hosts that a server named: they may be any number. */
  oneShot(url: URL): Agent {
    return new DialledAgent(url, this.dial, { keepAlive: false });
  }

  /** After one of them was found closed: the others probably are too. */
  dropIdle(url: URL): void {
    const agent = this.kept.get(url.origin);
    for (const socket of Object.values(agent?.freeSockets ?? {}).flat()) socket?.destroy();
  }

  close(): void {
    for (const agent of this.kept.values()) agent.destroy();
    this.kept.clear();
  }
}

/** Opens its connections with a `Dial`, so that TLS, and whatever else a caller brings, is the same thing to HTTP. */
class DialledAgent extends Agent {
  private readonly tunnels = new WeakSet<Duplex>();

  constructor(
    private readonly url: URL,
    private readonly dial: Dial,
    options: AgentOptions,
  ) {
    super(options);
  }

  override createConnection(): Duplex {
    const stream = this.dial(this.url);
    const missing = SOCKET_METHODS.filter((name) => !(name in stream));
    for (const name of missing) Object.defineProperty(stream, name, { value: () => stream, configurable: true });
    if (missing.length === 0) return stream;
    this.tunnels.add(stream);
    // Some streams call it an error to be closed; when nobody listens any more, that must not end the process.
    stream.on('error', () => undefined);
    return stream;
  }

  /** False: the connection is closed. The stream of a tunnel cannot be told to close when it is idle for long, nor to let the process end. */
  override keepSocketAlive(socket: Duplex): boolean {
    if (this.tunnels.has(socket)) return false;
    // The types of Node.js do not tell that it answers.
    return (super.keepSocketAlive as (one: Duplex) => boolean).call(this, socket);
  }
}

/** What Node.js calls of every connection of an agent, and what of a stream that is no socket has no meaning. */
const SOCKET_METHODS = ['setKeepAlive', 'setNoDelay', 'setTimeout', 'ref', 'unref'];

/** How the options of the client name what is to be given. */
const REMEDIES: Remedies = { authorities: 'tls.ca', certificate: 'tls.cert and tls.key' };

/** Plain TCP for http, TLS for https. Throws what `node:tls` says of certificates and keys that it cannot read. */
export function dialWith(options: TlsOptions = {}): Dial {
  const { servername, rejectUnauthorized = true, minVersion = 'TLSv1.2', ca, ...own } = options;
  const authorities = ca === undefined ? {} : { ca: typeof ca === 'string' || Buffer.isBuffer(ca) ? ca : [...ca] };
  let context: SecureContext | undefined;
  const contextOnce = (): SecureContext => (context ??= createSecureContext({ ...own, ...authorities, minVersion }));
  // What cannot be read is told when the client is made, not when it is used.
  if (Object.keys(options).length > 0) contextOnce();
  return (url) => {
    if (url.protocol !== 'https:') return dialTcp(url);
    const host = hostOf(url);
    const name = servername ?? (isIP(host) === 0 ? host : undefined);
    const socket = connect({
      ...{ host, port: portOf(url), secureContext: contextOnce(), rejectUnauthorized, ALPNProtocols: ['http/1.1'] },
      ...(name === undefined ? {} : { servername: name }),
      checkServerIdentity: (dialled, certificate) => identityError({ kind: 'dialledName' }, dialled, certificate),
    });
    socket.setNoDelay(true);
    socket.setKeepAlive(true, KEEP_ALIVE_AFTER_MS);
    explainErrorsOf(socket, url, REMEDIES);
    return socket;
  };
}
