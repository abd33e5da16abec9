/** Why a client's handshake failed, for whoever reads the log of the server: what was wrong with whom, and what to do. */

const UNKNOWN_CA =
  'the certificate of the client was not signed by a CA that is trusted here; give it one of these CAs, or add its CA to the file of trusted CAs';

/** What is wrong with the certificate of a client (the names of OpenSSL's verification errors). */
const CERTIFICATE_FAULTS: Readonly<Record<string, string>> = {
  DEPTH_ZERO_SELF_SIGNED_CERT: UNKNOWN_CA,
  SELF_SIGNED_CERT_IN_CHAIN: UNKNOWN_CA,
  UNABLE_TO_GET_ISSUER_CERT: UNKNOWN_CA,
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: UNKNOWN_CA,
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: UNKNOWN_CA,
  CERT_SIGNATURE_FAILURE: UNKNOWN_CA,
  CERT_UNTRUSTED: UNKNOWN_CA,
  INVALID_CA: UNKNOWN_CA,
  CERT_REVOKED: 'the certificate of the client is revoked; give it a new one',
  CERT_HAS_EXPIRED: 'the certificate of the client, or a CA of it, has expired; give it a new one',
  CERT_NOT_YET_VALID: 'the certificate of the client is not valid yet; compare the clocks of both machines',
  UNABLE_TO_GET_CRL:
    'there is no list of revoked certificates of the CA of the client; add one of each CA to the CRL file',
  CRL_HAS_EXPIRED:
    'the list of revoked certificates of the CA of the client is out of date; put the current one into the CRL file',
  CRL_NOT_YET_VALID: 'the list of revoked certificates of the CA of the client is not valid yet; compare the clocks',
  CRL_SIGNATURE_FAILURE:
    'the list of revoked certificates was not signed by the CA of the client; fetch the CRL file anew',
  INVALID_PURPOSE: 'the certificate of the client is not for clients (extended key usage); make one with clientAuth',
};

/** What was seen of a handshake, or heard of the other side. */
const HANDSHAKE_FAULTS: readonly (readonly [code: RegExp, words: string])[] = [
  [
    /PEER_DID_NOT_RETURN_A_CERTIFICATE/,
    'the client showed no certificate, and one is demanded here; give it a certificate and its key',
  ],
  [/HANDSHAKE_TIMEOUT/, 'a client began and did not finish in time'],
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

/** @param certificateFault what OpenSSL said of the client's certificate, if it came to that */
export function explainRefusal(code: string, message: string, certificateFault: string | undefined): string {
  if (certificateFault !== undefined) {
    return (
      CERTIFICATE_FAULTS[certificateFault] ?? `the certificate of the client cannot be verified (${certificateFault})`
    );
  }
  const known = HANDSHAKE_FAULTS.find(([pattern]) => pattern.test(code));
  return known === undefined ? `the handshake failed (${message})` : known[1];
}
