/** What OpenSSL says of a certificate that it does not take, by kinds that call for the same remedy. */

/** Who is at fault, and who mends it, depends on the side: each has its own words for a kind. */
export type CertificateFault =
  | 'unknownAuthority'
  | 'expired'
  | 'notYetValid'
  | 'revoked'
  | 'noRevocations'
  | 'revocationsExpired'
  | 'revocationsNotYetValid'
  | 'revocationsForged'
  | 'wrongPurpose';

/** The certificate is good, and of somebody else: the code of the error that says so. */
export const WRONG_IDENTITY = 'CERT_OF_SOMEBODY_ELSE';

/** By the names that Node.js has for OpenSSL's X509_V_ERR_ codes. It has names for some of them only, and UNSPECIFIED for the rest. */
const FAULTS: Readonly<Record<string, CertificateFault>> = {
  DEPTH_ZERO_SELF_SIGNED_CERT: 'unknownAuthority',
  SELF_SIGNED_CERT_IN_CHAIN: 'unknownAuthority',
  UNABLE_TO_GET_ISSUER_CERT: 'unknownAuthority',
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: 'unknownAuthority',
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: 'unknownAuthority',
  CERT_SIGNATURE_FAILURE: 'unknownAuthority',
  CERT_UNTRUSTED: 'unknownAuthority',
  INVALID_CA: 'unknownAuthority',
  CERT_HAS_EXPIRED: 'expired',
  CERT_NOT_YET_VALID: 'notYetValid',
  CERT_REVOKED: 'revoked',
  UNABLE_TO_GET_CRL: 'noRevocations',
  CRL_HAS_EXPIRED: 'revocationsExpired',
  CRL_NOT_YET_VALID: 'revocationsNotYetValid',
  CRL_SIGNATURE_FAILURE: 'revocationsForged',
  INVALID_PURPOSE: 'wrongPurpose',
};

/** Undefined: one of those that are too seldom for a kind of their own. */
export function certificateFaultOf(code: string): CertificateFault | undefined {
  return Object.hasOwn(FAULTS, code) ? FAULTS[code] : undefined;
}
