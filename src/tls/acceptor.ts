/**
 * The server's side of TLS: takes connections that a listener accepted and hands them on once they may be served. Every listener of a
 * side has the same acceptor, so that none can lack a check that another one has.
 */
import { constants, randomBytes } from 'node:crypto';
import type { Socket } from 'node:net';
import { createServer, type Server, type TLSSocket } from 'node:tls';
import type { Logger } from 'pino';
import type { Clock } from '../platform/clock';
import { Complaints } from './complaints';
import type { Credentials } from './credentials';
import { objectionTo } from './identity';
import type { Material } from './material';
import { explainRefusal } from './refusedHandshake';
import { chainEndMs, nextEndMs } from './sessionEnd';
import { contextOptions, type TlsSide } from './side';
import { underlyingOf } from './underlying';
import { Unfinished } from './unfinished';

const HANDSHAKE_TIMEOUT_MS = 10_000;
/** How long a plain client may take to read why it is refused. */
const REFUSAL_MS = 500;
/** The first byte of TLS: a record that carries a handshake. */
const HANDSHAKE_RECORD = 0x16;
const TICKET_KEY_BYTES = 48;

/** As Go's net/http. */
const PLAIN_ANSWER = 'HTTP/1.0 400 Bad Request\r\n\r\nClient sent an HTTP request to an HTTPS server.\n';

export interface AcceptorSetting {
  readonly side: TlsSide;
  readonly credentials: Pick<Credentials, 'current' | 'onChange'>;
  readonly clock: Pick<Clock, 'now' | 'monotonicMs' | 'after'>;
  readonly log: Pick<Logger, 'warn'>;
  /** How many handshakes may be under way; absent: as many as are of any use. */
  readonly unfinishedMax?: number | undefined;
}

type Serve = (socket: TLSSocket) => void;

export class TlsAcceptor {
  private readonly server: Server;
  private readonly complaints: Complaints;
  private readonly unfinished: Unfinished<Serve>;
  /** Where connections came from: a socket does not know any more once it is closed, which Node.js does before it tells why. */
  private readonly origins = new WeakMap<object, string>();
  /** When the first ends of what sessions of clients rest on, milliseconds since 1970: none of them may be resumed from then on. */
  private sessionsEndMs: number;

  constructor(private readonly setting: AcceptorSetting) {
    const { side, credentials, clock, log } = setting;
    this.sessionsEndMs = nextEndMs(credentials.current.trustEndsMs, clock.now());
    this.complaints = new Complaints(log, clock);
    const onTimeout = (raw: Socket): void => {
      this.complain('timeout', raw.remoteAddress, 'a client began and did not finish in time');
    };
    this.unfinished = new Unfinished(clock, HANDSHAKE_TIMEOUT_MS, onTimeout, setting.unfinishedMax);
    this.server = createServer({
      ...optionsOf(credentials.current, side),
      requestCert: side.certificatesDemanded,
      rejectUnauthorized: side.certificatesDemanded,
      ALPNProtocols: ['http/1.1'],
    });
    this.server.on('secureConnection', this.secured);
    this.server.on('tlsClientError', (error: NodeJS.ErrnoException, socket) => {
      this.refused(error, socket);
    });
    credentials.onChange((material) => {
      this.server.setSecureContext(optionsOf(material, side));
      this.sessionsEndMs = nextEndMs(material.trustEndsMs, clock.now());
    });
  }

  /**
   * Takes over a connection that nothing was read from. `serve` gets it once, and only if it may be served; if not, it ends, with a line
   * in the log that says why.
   */
  accept(raw: Socket, serve: Serve): void {
    // An error is followed by the close.
    raw.on('error', () => undefined);
    if (raw.remoteAddress !== undefined) this.origins.set(raw, raw.remoteAddress);
    if (!this.unfinished.add(raw, serve)) {
      raw.destroy();
      this.complain(
        'crowd',
        raw.remoteAddress,
        'too many clients have begun and not finished; the newest is turned away',
      );
      return;
    }
    const onEnd = (): void => {
      if (this.unfinished.take(raw) !== undefined) raw.destroy();
    };
    raw.once('readable', () => {
      this.begin(raw, onEnd);
    });
    // Its end came with its first bytes, before TLS was there to be told of it.
    raw.once('end', onEnd);
  }

  private begin(raw: Socket, onEnd: () => void): void {
    const bytes = raw.read() as Buffer | null;
    if (bytes === null) {
      // It was closed without a word, as those who only look whether the port is open do.
      raw.destroy();
      return;
    }
    if (bytes[0] !== HANDSHAKE_RECORD) {
      raw.removeListener('end', onEnd);
      this.refusePlain(raw, bytes);
      return;
    }
    // Whoever goes during the handshake is gone.
    raw.allowHalfOpen = false;
    raw.unshift(bytes);
    this.endSessions();
    this.server.emit('connection', raw);
  }

  /** Once something has ended that one of them rests on: whoever comes is verified then, and those that are good begin another one. */
  private endSessions(): void {
    const nowMs = this.setting.clock.now();
    if (nowMs < this.sessionsEndMs) return;
    this.server.setTicketKeys(randomBytes(TICKET_KEY_BYTES));
    this.sessionsEndMs = nextEndMs(this.setting.credentials.current.trustEndsMs, nowMs);
  }

  /** It is counted as unfinished until it has gone. */
  private refusePlain(raw: Socket, bytes: Buffer): void {
    const isHttp = /^[A-Z]{3}/.test(bytes.toString('latin1', 0, 3));
    const words = isHttp
      ? 'a client sent plain HTTP to this https port; let it call https://, or let this server listen on http://'
      : 'a client sent something that is not TLS';
    this.complain(isHttp ? 'http' : 'noise', raw.remoteAddress, words);
    const cancel = this.setting.clock.after(REFUSAL_MS, () => raw.destroy());
    raw.once('close', cancel);
    raw.end(isHttp ? PLAIN_ANSWER : '', 'latin1');
    raw.resume();
  }

  private readonly secured = (socket: TLSSocket): void => {
    const raw = underlyingOf(socket);
    const serve = raw === undefined ? undefined : this.unfinished.take(raw);
    const from = socket.remoteAddress;
    // One that is resumed rests on what was noted when it began.
    if (this.setting.side.certificatesDemanded && !socket.isSessionReused()) {
      this.sessionsEndMs = Math.min(this.sessionsEndMs, chainEndMs(socket));
    }
    const objection = serve === undefined ? 'it came too late' : objectionTo(socket, this.setting.side);
    if (serve === undefined || objection !== undefined) {
      socket.on('error', () => undefined);
      socket.destroy();
      this.complain('objection', from, `a client is refused: ${objection ?? ''}`);
      return;
    }
    // From here on a whole request and the end of its half of the connection gets an answer.
    socket.allowHalfOpen = true;
    if (raw !== undefined) raw.allowHalfOpen = true;
    serve(socket);
  };

  private refused(error: NodeJS.ErrnoException, socket: TLSSocket): void {
    // Node.js sets it to the code, whatever its types say.
    const fault: unknown = socket.authorizationError;
    const certificateFault = typeof fault === 'string' ? fault : undefined;
    const from = socket.remoteAddress ?? this.originOf(socket);
    socket.destroy();
    const { code = '', message } = error;
    // Closed in the middle of it: nothing that could be said of it helps.
    if (code === 'ECONNRESET' && certificateFault === undefined) return;
    this.complain(certificateFault ?? code, from, explainRefusal(code, message, certificateFault));
  }

  private originOf(socket: TLSSocket): string | undefined {
    const raw = underlyingOf(socket);
    return raw && this.origins.get(raw);
  }

  private complain(kind: string, from: string | undefined, words: string): void {
    this.complaints.write(kind, from, `TLS at the ${this.setting.side.name} port: ${words}`);
  }
}

/**
 * The keys of session tickets are new each time: who resumes a session is not verified again, so nobody may resume one that
 * began with other CAs or another list of revoked certificates. (`endSessions` has others made too.)
 */
function optionsOf(
  material: Material,
  { protocol }: TlsSide,
): ReturnType<typeof contextOptions> & { ticketKeys: Buffer } {
  return {
    ...contextOptions(material, protocol),
    // A client could make the server compute without end.
    secureOptions: constants.SSL_OP_NO_RENEGOTIATION,
    ticketKeys: randomBytes(TICKET_KEY_BYTES),
  };
}
