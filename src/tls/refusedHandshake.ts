/** Why a client's handshake failed, for whoever reads the log of the server: what was wrong with whom, and what to do. */
import { certificateFaultOf, type CertificateFault } from './certificateFaults';

const UNKNOWN_CA =
  'the certificate of the client was not signed by a CA that is trusted here; give it one of these CAs, or add its CA to the file of trusted CAs';

/** What is wrong with the certificate of a client. */
const CERTIFICATE_WORDS: Readonly<Record<CertificateFault, string>> = {
  unknownAuthority: UNKNOWN_CA,
  expired: 'the certificate of the client, or a CA of it, has expired; give it a new one',
  notYetValid: 'the certificate of the client is not valid yet; compare the clocks of both machines',
  revoked: 'the certificate of the client is revoked; give it a new one',
  noRevocations: 'there is no list of revoked certificates of the CA of the client; add one of each CA to the CRL file',
  revocationsExpired:
    'the list of revoked certificates of the CA of the client is out of date; put the current one into the CRL file',
  revocationsNotYetValid:
    'the list of revoked certificates of the CA of the client is not valid yet; compare the clocks',
  revocationsForged: 'the list of revoked certificates was not signed by the CA of the client; fetch the CRL file anew',
  wrongPurpose: 'the certificate of the client is not for clients (extended key usage); make one with clientAuth',
};

/** What was seen of a handshake, or heard of the other side. */
const HANDSHAKE_FAULTS: readonly (readonly [code: RegExp, words: string])[] = [
  [
    /PEER_DID_NOT_RETURN_A_CERTIFICATE/,
    'the client showed no certificate, and one is demanded here; give it a certificate and its key',
  ],
  [
    /ALERT_(UNKNOWN_CA|BAD_CERTIFICATE|CERTIFICATE_UNKNOWN|UNSUPPORTED_CERTIFICATE)/,
    'the client refuses the certificate of this server; give it the CA that signed it (curl --cacert, etcdctl --ca-file), and call it by a name in it',
  ],
  [/ALERT_CERTIFICATE_EXPIRED/, 'the client says that the certificate of this server has expired; compare the clocks'],
  [
    /UNSUPPORTED_PROTOCOL|VERSION_TOO_LOW|ALERT_PROTOCOL_VERSION|WRONG_VERSION/,
    'the client speaks no version of TLS that is allowed here; see --tls-min-version',
  ],
  [
    /NO_SHARED_CIPHER|NO_SUITABLE_SIGNATURE|NO_SUITABLE_KEY_SHARE/,
    'the client has no cipher suite in common with this server; see --cipher-suites',
  ],
  [/NO_APPLICATION_PROTOCOL/, 'the client speaks no HTTP/1.1 over TLS'],
];

/** @param refusal what OpenSSL said of the client's certificate, if it came to that */
export function explainRefusal(code: string, message: string, refusal: string | undefined): string {
  if (refusal !== undefined) {
    const fault = certificateFaultOf(refusal);
    return fault === undefined
      ? `the certificate of the client cannot be verified (${refusal})`
      : CERTIFICATE_WORDS[fault];
  }
  const known = HANDSHAKE_FAULTS.find(([pattern]) => pattern.test(code));
  return known === undefined ? `the handshake failed (${message})` : known[1];
}
