/**
 * Why a TLS connection could not be opened or ended, for whoever has to mend it: which host, what was wrong, what to do. It begins with the
 * words of Go's crypto/tls and crypto/x509, which operators of etcd know.
 */

import type { TLSSocket } from 'node:tls';
import { codeOf } from '../platform/errorCode';
import { TLS_CUT, TLS_FAILURE, type TlsFault } from '../platform/networkError';
import { certificateFaultOf, WRONG_IDENTITY, type CertificateFault } from './certificateFaults';

/** The other side did not say all that a handshake needs in time. */
export const HANDSHAKE_TIMEOUT = 'TLS_HANDSHAKE_TIMEOUT';

interface Explained {
  readonly code: string;
  readonly message: string;
  /** Undefined: it may be another time. */
  readonly fault?: TlsFault;
}

/** Where whoever dials takes its files from, in its own words: what to do about a fault has to name what there is. */
export interface Remedies {
  /** What names the CAs that are trusted. */
  readonly authorities: string;
  /** What names the certificate that is shown, and its key. */
  readonly certificate: string;
}

/** Of a member, a proxy or a standby. */
export const MEMBER_REMEDIES: Remedies = {
  authorities: '--trusted-ca-file or --peer-trusted-ca-file',
  certificate: '--cert-file and --key-file, or --peer-cert-file and --peer-key-file',
};

interface Words {
  readonly fault: TlsFault;
  readonly words: string | ((remedies: Remedies) => string);
}

/** The same for what may have no fault that lasts. */
type Found = Pick<Words, 'words'> & Partial<Words>;

/** What is wrong with the certificate of the host that was dialled. */
const CERTIFICATE_WORDS: Readonly<Record<CertificateFault, Words>> = {
  unknownAuthority: {
    fault: 'unknownAuthority',
    words: ({ authorities }) =>
      'x509: certificate signed by unknown authority: none of the CAs that are trusted here signed its certificate; give the CA that ' +
      `did (${authorities}), or give that host a certificate of the right CA`,
  },
  expired: {
    fault: 'expired',
    words: 'x509: its certificate, or a CA of it, has expired; renew it, or correct the clock here if that is wrong',
  },
  notYetValid: {
    fault: 'notYetValid',
    words: 'x509: its certificate, or a CA of it, is not yet valid; correct the clock that is wrong, or wait',
  },
  revoked: {
    fault: 'revoked',
    words: 'x509: its certificate is revoked (the CRL file lists it); give that host a new one',
  },
  noRevocations: {
    fault: 'revocations',
    words: 'x509: there is no CRL of the CA that signed its certificate; add it to the CRL file',
  },
  revocationsExpired: {
    fault: 'revocations',
    words: 'x509: the CRL of the CA that signed its certificate has expired; put a new one into the CRL file',
  },
  revocationsNotYetValid: {
    fault: 'revocations',
    words: 'x509: the CRL of the CA that signed its certificate is not valid yet; compare the clocks',
  },
  revocationsForged: {
    fault: 'revocations',
    words: 'x509: the CRL was not signed by the CA that signed its certificate; fetch the CRL file of that CA anew',
  },
  wrongPurpose: {
    fault: 'wrongPurpose',
    words:
      'x509: its certificate is not for servers (extended key usage); make one with both serverAuth and clientAuth',
  },
};

/** What the other side says of this one (RFC 8446 section 6.2), and what OpenSSL cannot make sense of. */
const ALERTS: readonly (Words & { readonly alert: RegExp })[] = [
  {
    alert: /WRONG_VERSION_NUMBER|PACKET_LENGTH_TOO_LONG|HTTP_REQUEST/,
    fault: 'notTls',
    words:
      'first record does not look like a TLS handshake: it speaks plain HTTP there; dial it by http://, or let it listen at https://',
  },
  {
    alert: /ALERT_CERTIFICATE_REQUIRED/,
    fault: 'certificateDemanded',
    words: ({ certificate }) =>
      `remote error: tls: certificate required: it wants a client certificate and none was sent; give one with its key (${certificate})`,
  },
  {
    alert: /ALERT_UNKNOWN_CA/,
    fault: 'certificateRefused',
    words: ({ certificate }) =>
      `remote error: tls: unknown certificate authority: it does not trust the CA of our certificate (${certificate})`,
  },
  {
    alert: /ALERT_CERTIFICATE_EXPIRED/,
    fault: 'certificateRefused',
    words: ({ certificate }) =>
      `remote error: tls: expired certificate: ours, as that host says; renew it (${certificate})`,
  },
  {
    alert: /ALERT_CERTIFICATE_REVOKED/,
    fault: 'certificateRefused',
    words: ({ certificate }) =>
      `remote error: tls: revoked certificate: ours, as that host says; renew it (${certificate})`,
  },
  {
    alert: /ALERT_(BAD|NO|UNSUPPORTED)_CERTIFICATE|ALERT_CERTIFICATE_UNKNOWN|ALERT_ACCESS_DENIED/,
    fault: 'certificateRefused',
    words: ({ certificate }) =>
      `remote error: tls: bad certificate: it refuses ours, or wants one and got none (${certificate}); its own log says why`,
  },
  {
    alert: /ALERT_PROTOCOL_VERSION|UNSUPPORTED_PROTOCOL/,
    fault: 'nothingInCommon',
    words: 'remote error: tls: protocol version not supported: both sides need TLS 1.2 or 1.3 in common',
  },
  {
    alert: /ALERT_HANDSHAKE_FAILURE|NO_SHARED_CIPHER/,
    fault: 'nothingInCommon',
    words: ({ certificate }) =>
      `remote error: tls: handshake failure: no cipher in common, or it wants a client certificate (${certificate}); compare the cipher lists`,
  },
];

/** How far the connection had come when it failed. */
interface Progress {
  /** `after`: it is done on this side, a moment ago, and nothing came since. TLS 1.3 has the other side look at our certificate only then. */
  readonly handshake: 'during' | 'after' | 'past';
  /** The connection was ended because of the certificate of the other side. */
  readonly isCertificateRefused: boolean;
}

/**
 * From now on an error of this connection, before anybody else reads it, says which host, what is wrong and what to do. What no time mends
 * has `TLS_FAILURE` for its code, and in `tlsFault` which of these it is; a connection that was taken and broken before TLS was good for
 * anything has `TLS_CUT`, and an orderly end is an error then too.
 *
 * @param own the certificate that is shown, in words; undefined: none, or nobody knows
 */
export function explainErrorsOf(socket: TLSSocket, url: URL, remedies: Remedies, own?: string): void {
  let shakenMs: number | undefined;
  socket.once('secureConnect', () => {
    shakenMs = performance.now();
  });
  const handshake = (): Progress['handshake'] => {
    if (shakenMs === undefined) return 'during';
    return socket.bytesRead === 0 && performance.now() - shakenMs < REFUSED_WITHIN_MS ? 'after' : 'past';
  };
  // The first to hear of it, so that whoever waits for an answer is told this instead of its own "socket hang up".
  socket.once('end', () => {
    if (handshake() !== 'after' || socket.writableEnded) return;
    socket.emit('error', Object.assign(new Error('closed without an answer'), { code: 'ECONNRESET' }));
  });
  socket.on('error', (error: NodeJS.ErrnoException) => {
    // Ended from here, by an AbortSignal: its reason may be anything, and the usual one has a number for its code and cannot be changed.
    if (codeOf(error) === undefined) return;
    // Node.js sets it, to a text whatever its types say, before it ends the connection for it; where it does not end it for that, the handshake is done.
    const isCertificateRefused = shakenMs === undefined && typeof (socket.authorizationError as unknown) === 'string';
    const progress = { handshake: handshake(), isCertificateRefused };
    const explained = explainFailure(
      error,
      url,
      progress,
      own === undefined ? remedies : { ...remedies, certificate: own },
    );
    if (explained === undefined) return;
    const { code, message, fault } = explained;
    Object.assign(error, { code, message, ...(fault === undefined ? {} : { tlsFault: fault }) });
  });
}

/** Undefined for what is no matter of TLS: nobody listens, no route, and the like keep the words they have. */
function explainFailure(
  error: NodeJS.ErrnoException,
  url: URL,
  progress: Progress,
  remedies: Remedies,
): Explained | undefined {
  const about = (found: Found): Omit<Explained, 'code'> => ({
    message: `TLS with ${url.host}: ${typeof found.words === 'string' ? found.words : found.words(remedies)}`,
    ...(found.fault === undefined ? {} : { fault: found.fault }),
  });
  if (progress.isCertificateRefused) return { code: TLS_FAILURE, ...about(certificateWords(error)) };
  if (error.code === HANDSHAKE_TIMEOUT) return { code: HANDSHAKE_TIMEOUT, ...about({ words: TIMEOUT_WORDS }) };
  if (progress.handshake !== 'past' && CUT_CODES.includes(error.code ?? '')) {
    return { code: TLS_CUT, ...about({ words: CUT_WORDS[progress.handshake] }) };
  }
  const found = protocolWords(error);
  return found === undefined ? undefined : { code: TLS_FAILURE, ...about(found) };
}

const TIMEOUT_WORDS = 'handshake timeout: it takes connections and does not answer; is it TLS that it speaks there?';

/** How a connection breaks. */
const CUT_CODES: readonly string[] = ['ECONNRESET', 'ECONNABORTED', 'EPIPE'];
/** Whoever has not looked at a certificate after that has ended the handshake himself. */
const REFUSED_WITHIN_MS = 10_000;
const CUT_WORDS: Readonly<Record<'during' | 'after', Words['words']>> = {
  during: ({ certificate }) =>
    'it closed the connection during the handshake: most likely it refuses our certificate, or wants one and got none ' +
    `(${certificate}); or it is stopping, or speaks no TLS there; its own log says why`,
  after: ({ certificate }) =>
    'it closed the connection right after the handshake and answered nothing: most likely it refuses our certificate ' +
    `(${certificate}); or it is stopping; its own log says why`,
};

/** There is always something to say: whatever OpenSSL finds wrong with a certificate, waiting does not mend it. */
function certificateWords({ code = '', message }: NodeJS.ErrnoException): Words {
  if (code === WRONG_IDENTITY) return { fault: 'wrongName', words: `x509: ${message}` };
  const fault = certificateFaultOf(code);
  return fault === undefined
    ? { fault: 'unusable', words: `x509: its certificate is refused: ${message} (${code})` }
    : CERTIFICATE_WORDS[fault];
}

/** What OpenSSL says in words of its own only may be the line, and so be another time. */
function protocolWords({ code = '', message }: NodeJS.ErrnoException): Found | undefined {
  if (!code.startsWith('ERR_SSL_') && code !== 'EPROTO') return undefined;
  // What OpenSSL says is in the code, or in the message: `...:SSL routines:ssl3_get_record:wrong version number:...`.
  const said = `${code} ${message}`.toUpperCase().replaceAll(' ', '_');
  const reason = /:SSL routines:[^:]*:([^:]+):/.exec(message)?.[1] ?? message;
  return ALERTS.find(({ alert }) => alert.test(said)) ?? { words: reason };
}
