/** Whether a certificate that a known CA signed is of whom it has to be. */
import type { X509Certificate } from 'node:crypto';
import { checkServerIdentity, type PeerCertificate } from 'node:tls';
import { WRONG_IDENTITY } from './certificateFaults';
import { commonNameOf } from './certificates';
import type { ServerCheck } from './clientTls';

/** Undefined: it is of whom it has to be. Looks nothing up: what counts is what stands in the certificate. */
export function identityError(check: ServerCheck, dialled: string, certificate: PeerCertificate): Error | undefined {
  switch (check.kind) {
    case 'anybody':
      return undefined;
    case 'dialledName':
      if (checkServerIdentity(dialled, certificate) === undefined) return undefined;
      return wrong(
        `its certificate is valid for ${namesIn(certificate)}, not for ${dialled}; dial it by one of these names, or give it a ` +
          `certificate that has ${dialled} among its subject alternative names`,
      );
    case 'hostName':
      if (check.names.some((name) => checkServerIdentity(name, certificate) === undefined)) return undefined;
      return wrong(
        `its certificate is valid for ${namesIn(certificate)}, not for ${check.names.join(' or ')}, which is what is ` +
          'allowed; give it a certificate with such a name, or correct the names that are allowed',
      );
    case 'sameNames':
      if (sameNames(check.as, certificate)) return undefined;
      return wrong(
        `its certificate is valid for ${namesIn(certificate)}, and not for the names in the certificate of this member, which ` +
          `are ${check.as.subjectAltName ?? 'none'}; is it another server that listens there?`,
      );
    case 'commonName':
      if (hasOneOf(check.names, certificate)) return undefined;
      return wrong(
        `its certificate has the common name ${JSON.stringify(commonNameOf(certificate.subject) ?? '')}, and only ` +
          `${check.names.map((name) => JSON.stringify(name)).join(' or ')} is allowed; give it a certificate with that common ` +
          'name, or correct the common names that are allowed',
      );
  }
}

function wrong(message: string): Error {
  return Object.assign(new Error(message), { code: WRONG_IDENTITY });
}

function sameNames(known: X509Certificate, certificate: PeerCertificate): boolean {
  const { subject, subjectaltname } = known.toLegacyObject();
  return subject.CN === certificate.subject.CN && subjectaltname === certificate.subjectaltname;
}

function hasOneOf(names: readonly string[], certificate: PeerCertificate): boolean {
  const name = commonNameOf(certificate.subject);
  return name !== undefined && names.includes(name);
}

const NAMES_LENGTH_MAX = 200;

function namesIn(certificate: PeerCertificate): string {
  const names = certificate.subjectaltname ?? commonNameOf(certificate.subject) ?? '';
  if (names === '') return 'no name';
  return names.length > NAMES_LENGTH_MAX ? `${names.slice(0, NAMES_LENGTH_MAX)}...` : names;
}
