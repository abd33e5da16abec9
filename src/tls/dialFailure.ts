/**
 * Why a TLS connection could not be opened or ended, for whoever has to mend it: which host, what was wrong, what to do. It begins with the
 * words of Go's crypto/tls and crypto/x509, which operators of etcd know.
 */

import { TLS_FAILURE } from '../platform/networkError';
import { certificateFaultOf, type CertificateFault } from './certificateFaults';
import { WRONG_IDENTITY } from './serverCheck';

/** The other side did not say all that a handshake needs in time, or closed the connection: it may be about to end. */
export const HANDSHAKE_TIMEOUT = 'TLS_HANDSHAKE_TIMEOUT';
const HANDSHAKE_CUT = 'TLS_HANDSHAKE_CUT';

interface Explained {
  readonly code: string;
  readonly message: string;
}

const UNKNOWN_CA =
  'x509: certificate signed by unknown authority: none of the CAs that are trusted here signed its certificate; give the CA that ' +
  'did (--trusted-ca-file, --peer-trusted-ca-file or --cacert), or give that host a certificate of the right CA';

/** What is wrong with the certificate of the host that was dialled. */
const CERTIFICATE_WORDS: Readonly<Record<CertificateFault, string>> = {
  unknownAuthority: UNKNOWN_CA,
  expired: 'x509: its certificate, or a CA of it, has expired; renew it, or correct the clock here if that is wrong',
  notYetValid: 'x509: its certificate, or a CA of it, is not yet valid; correct the clock that is wrong, or wait',
  revoked: 'x509: its certificate is revoked (the CRL file lists it); give that host a new one',
  noRevocations: 'x509: there is no CRL of the CA that signed its certificate; add it to the CRL file',
  revocationsExpired:
    'x509: the CRL of the CA that signed its certificate has expired; put a new one into the CRL file',
  revocationsNotYetValid: 'x509: the CRL of the CA that signed its certificate is not valid yet; compare the clocks',
  revocationsForged:
    'x509: the CRL was not signed by the CA that signed its certificate; fetch the CRL file of that CA anew',
  wrongPurpose:
    'x509: its certificate is not for servers (extended key usage); make one with both serverAuth and clientAuth',
};

/** What the other side says of this one (RFC 8446 section 6.2), and what OpenSSL cannot make sense of. */
const ALERTS: readonly (readonly [alert: RegExp, words: string])[] = [
  [
    /WRONG_VERSION_NUMBER|PACKET_LENGTH_TOO_LONG|HTTP_REQUEST/,
    'first record does not look like a TLS handshake: it speaks plain HTTP there; dial it by http://, or let it listen at https://',
  ],
  [
    /ALERT_CERTIFICATE_REQUIRED/,
    'remote error: tls: certificate required: it wants a client certificate and none was sent; give one with its key',
  ],
  [/ALERT_UNKNOWN_CA/, 'remote error: tls: unknown certificate authority: it does not trust the CA of our certificate'],
  [/ALERT_CERTIFICATE_EXPIRED/, 'remote error: tls: expired certificate: ours, as that host says; renew it'],
  [/ALERT_CERTIFICATE_REVOKED/, 'remote error: tls: revoked certificate: ours, as that host says; renew it'],
  [
    /ALERT_(BAD|NO|UNSUPPORTED)_CERTIFICATE|ALERT_CERTIFICATE_UNKNOWN|ALERT_ACCESS_DENIED/,
    'remote error: tls: bad certificate: it refuses ours, or wants one and got none; its own log says why',
  ],
  [
    /ALERT_PROTOCOL_VERSION|UNSUPPORTED_PROTOCOL/,
    'remote error: tls: protocol version not supported: both sides need TLS 1.2 or 1.3 in common',
  ],
  [
    /ALERT_HANDSHAKE_FAILURE|NO_SHARED_CIPHER/,
    'remote error: tls: handshake failure: no cipher in common, or it wants a client certificate; compare the cipher lists',
  ],
];

/** How far the connection had come when it failed. */
export interface Progress {
  /** The handshake is done. */
  readonly isShaken: boolean;
  /** The connection was ended because of the certificate of the other side. */
  readonly isCertificateRefused: boolean;
}

/** Undefined for what is no matter of TLS: nobody listens, no route, and the like keep the words they have. */
export function explainFailure(error: NodeJS.ErrnoException, url: URL, progress: Progress): Explained | undefined {
  const about = `TLS with ${url.host}: `;
  if (progress.isCertificateRefused) return { code: TLS_FAILURE, message: about + certificateWords(error) };
  if (error.code === HANDSHAKE_TIMEOUT) return { code: HANDSHAKE_TIMEOUT, message: about + TIMEOUT_WORDS };
  if (error.code === 'ECONNRESET' && !progress.isShaken) return { code: HANDSHAKE_CUT, message: about + CUT_WORDS };
  const words = protocolWords(error);
  return words === undefined ? undefined : { code: TLS_FAILURE, message: about + words };
}

const TIMEOUT_WORDS = 'handshake timeout: it takes connections and does not answer; is it TLS that it speaks there?';
const CUT_WORDS =
  'it closed the connection during the handshake: it is stopping, speaks no TLS there, or refuses this side; its own log says why';

/** There is always something to say: whatever OpenSSL finds wrong with a certificate, waiting does not mend it. */
function certificateWords({ code = '', message }: NodeJS.ErrnoException): string {
  if (code === WRONG_IDENTITY) return `x509: ${message}`;
  const fault = certificateFaultOf(code);
  return fault === undefined ? `x509: its certificate is refused: ${message} (${code})` : CERTIFICATE_WORDS[fault];
}

function protocolWords({ code = '', message }: NodeJS.ErrnoException): string | undefined {
  if (!code.startsWith('ERR_SSL_') && code !== 'EPROTO') return undefined;
  // What OpenSSL says is in the code, or in the message: `...:SSL routines:ssl3_get_record:wrong version number:...`.
  const said = `${code} ${message}`.toUpperCase().replaceAll(' ', '_');
  const reason = /:SSL routines:[^:]*:([^:]+):/.exec(message)?.[1] ?? message;
  return ALERTS.find(([pattern]) => pattern.test(said))?.[1] ?? reason;
}
