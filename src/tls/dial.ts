/** Opens connections to http and https URLs: the one place where TLS is spoken as a client. */
import { isIP } from 'node:net';
import { connect, type TLSSocket } from 'node:tls';
import { dialTcp, hostOf, portOf, type Dial } from '../platform/dial';
import type { ClientTls } from './clientTls';
import { explainErrorsOf, HANDSHAKE_TIMEOUT, MEMBER_REMEDIES, type Remedies } from './dialFailure';
import { identityError } from './serverCheck';
import { chainEndMs, nextEndMs } from './sessionEnd';
import { Sessions, type Session } from './sessions';

const HANDSHAKE_TIMEOUT_MS = 10_000;
const KEEP_ALIVE_AFTER_MS = 30_000;

/**
 * Plain TCP for http. For https the other side is verified before a byte of the request leaves, and an error of the connection says
 * which host, what was wrong and what to do.
 *
 * @param material asked for each connection, so that new certificates count from the next one on
 */
export function tlsDial(
  material: (url: URL) => ClientTls,
  { handshakeTimeoutMs = HANDSHAKE_TIMEOUT_MS, remedies = MEMBER_REMEDIES }: Partial<TlsDialOptions> = {},
): Dial {
  const sessions = new Sessions();
  const options = { handshakeTimeoutMs, remedies };
  return (url) => (url.protocol === 'https:' ? dialTls(url, material(url), sessions, options) : dialTcp(url));
}

interface TlsDialOptions {
  readonly handshakeTimeoutMs: number;
  /** In whose words it is said what to do; those of a member if nothing else is said. */
  readonly remedies: Remedies;
}

function dialTls(url: URL, tls: ClientTls, sessions: Sessions, options: TlsDialOptions): TLSSocket {
  const host = hostOf(url);
  const session = sessions.of(url.host, tls, Date.now());
  const socket = connect({
    host,
    port: portOf(url),
    secureContext: tls.context,
    ALPNProtocols: ['http/1.1'],
    rejectUnauthorized: tls.server.kind !== 'anybody',
    checkServerIdentity: (dialled, certificate) => identityError(tls.server, dialled, certificate),
    ...(isIP(host) === 0 ? { servername: host } : {}),
    ...(session === undefined ? {} : { session: session.ticket }),
  });
  socket.setNoDelay(true);
  socket.setKeepAlive(true, KEEP_ALIVE_AFTER_MS);
  watchHandshake(socket, options.handshakeTimeoutMs);
  socket.on('session', (ticket: Buffer) => {
    sessions.keep(url.host, tls, { ticket, endMs: endOf(socket, tls, session) });
  });
  // The first to hear of it: the words are in the error before anybody else reads it.
  explainErrorsOf(socket, url, options.remedies, tls.own);
  socket.on('error', () => {
    sessions.forget(url.host);
  });
  return socket;
}

/** One that began with another one is good for no longer than that. */
function endOf(socket: TLSSocket, { trustEndsMs = [] }: ClientTls, resumed: Session | undefined): number {
  if (resumed !== undefined && socket.isSessionReused()) return resumed.endMs;
  return Math.min(chainEndMs(socket), nextEndMs(trustEndsMs, Date.now()));
}

/** Node.js limits the handshake of those who come, not of those who go. */
function watchHandshake(socket: TLSSocket, timeoutMs: number): void {
  let timer: NodeJS.Timeout | undefined;
  const done = (): void => {
    clearTimeout(timer);
  };
  socket.once('connect', () => {
    timer = setTimeout(() => {
      socket.destroy(Object.assign(new Error('TLS handshake timeout'), { code: HANDSHAKE_TIMEOUT }));
    }, timeoutMs);
  });
  socket.once('secureConnect', done);
  socket.once('close', done);
}
