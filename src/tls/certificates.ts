/** What stands in PEM text, and how certificates belong together. */
import { createPrivateKey, X509Certificate, type KeyObject } from 'node:crypto';
import { isIP } from 'node:net';
import { TlsFileError } from './errors';
import { named, type TlsText } from './files';
import { pemBlocksOf } from './pem';

const CERTIFICATE_LABELS = ['CERTIFICATE', 'X509 CERTIFICATE', 'TRUSTED CERTIFICATE'];
const ENCRYPTED = /-----BEGIN ENCRYPTED PRIVATE KEY-----|^Proc-Type: *4,ENCRYPTED/m;
const PRIVATE_KEY = /-----BEGIN (?:RSA |EC |)PRIVATE KEY-----/;
const SWAPPED = 'the files of the certificate and of its key may be the wrong way round: give each to the other option';
/** No chain of real CAs is longer. */
const CHAIN_MAX = 10;

/** All certificates of a file, in their order; at least one. @throws TlsFileError */
export function certificatesOf({ file, text }: TlsText): readonly X509Certificate[] {
  const blocks = pemBlocksOf(text, CERTIFICATE_LABELS);
  // Whatever stands before it: what is missing at the end was meant to be there.
  if (isCutOff(text, 'CERTIFICATE')) throw cutOff(file, 'certificate');
  if (blocks.length === 0) {
    const isKey = PRIVATE_KEY.test(text) || ENCRYPTED.test(text);
    const message = isKey
      ? `${named(file)} has a private key and no certificate in PEM form, expected -----BEGIN CERTIFICATE-----; ${SWAPPED}`
      : `${named(file)} has no certificate in PEM form, expected -----BEGIN CERTIFICATE-----; give such a file`;
    throw new TlsFileError('notPem', message);
  }
  return blocks.map(({ text: block }, index) => {
    const which = `${named(file)}: certificate ${index + 1} of ${blocks.length}`;
    const certificate = parsed(block);
    if (certificate === undefined) throw new TlsFileError('notPem', `${which} is damaged; make or fetch the file anew`);
    if (!hasReadableKey(certificate)) {
      const message = `${which} has a public key of a kind that this program cannot read, expected RSA, EC or Ed25519; make it anew, or leave it out`;
      throw new TlsFileError('notPem', message);
    }
    if (!hasDates(certificate)) {
      const message = `${which} has a date that is none (valid from ${certificate.validFrom}, to ${certificate.validTo}); make it anew, or leave it out`;
      throw new TlsFileError('notPem', message);
    }
    return certificate;
  });
}

function parsed(block: string): X509Certificate | undefined {
  try {
    return new X509Certificate(block);
  } catch {
    return undefined;
  }
}

/** Node.js 24 ends with a segmentation fault where other properties of a certificate are asked for and this one cannot be read. */
function hasReadableKey(certificate: X509Certificate): boolean {
  try {
    return certificate.publicKey.type === 'public';
  } catch {
    return false;
  }
}

/** OpenSSL reads others as well, and takes them for wrong when it verifies; nothing can be said here of when they end. */
function hasDates({ validFrom, validTo }: X509Certificate): boolean {
  return Number.isFinite(Date.parse(validFrom)) && Number.isFinite(Date.parse(validTo));
}

/** @throws TlsFileError */
export function keyOf({ file, text }: TlsText): KeyObject {
  if (ENCRYPTED.test(text)) {
    const message = `${named(file)} is encrypted with a passphrase, and nobody is there to ask for it; give it without one: openssl pkey -in FILE -out NEW`;
    throw new TlsFileError('encrypted', message);
  }
  if (isCutOff(text, 'PRIVATE KEY')) throw cutOff(file, 'private key');
  if (!PRIVATE_KEY.test(text)) {
    const isCertificate = pemBlocksOf(text, CERTIFICATE_LABELS).length > 0;
    const message = isCertificate
      ? `${named(file)} has a certificate and no private key in PEM form, expected -----BEGIN PRIVATE KEY-----; ${SWAPPED}`
      : `${named(file)} has no private key in PEM form, expected -----BEGIN PRIVATE KEY-----; give such a file`;
    throw new TlsFileError('notPem', message);
  }
  try {
    return createPrivateKey(text);
  } catch {
    throw new TlsFileError('notPem', `${named(file)}: the private key is damaged; make or fetch the file anew`);
  }
}

/** Its last block of this kind has a beginning and no end. */
function isCutOff(text: string, kind: string): boolean {
  const begin = Math.max(
    text.lastIndexOf(`-----BEGIN ${kind}`),
    text.lastIndexOf(`-----BEGIN RSA ${kind}`),
    text.lastIndexOf(`-----BEGIN EC ${kind}`),
  );
  return begin >= 0 && !text.includes('-----END ', begin);
}

function cutOff(file: TlsText['file'], what: string): TlsFileError {
  const message = `${named(file)} is cut off: its last ${what} has no -----END line; copy or fetch the file anew`;
  return new TlsFileError('notPem', message);
}

/** Those of the hosts that the certificate is not for, as clients compare them: its alternative names count, not its common name. */
export function hostsNotNamed(certificate: X509Certificate, hosts: readonly string[]): readonly string[] {
  return hosts.filter((host) => {
    const found = isIP(host) === 0 ? certificate.checkHost(host, { subject: 'never' }) : certificate.checkIP(host);
    return found === undefined;
  });
}

/** Whether one of `authorities` signed it, with others of `chain` in between. Does not look at dates. */
export function isSignedBy(
  certificate: X509Certificate,
  chain: readonly X509Certificate[],
  authorities: readonly X509Certificate[],
): boolean {
  let current = certificate;
  for (let steps = 0; steps < CHAIN_MAX; steps++) {
    if (authorities.some((authority) => hasSigned(authority, current))) return true;
    const next = chain.find((between) => between !== current && hasSigned(between, current));
    if (next === undefined) return false;
    current = next;
  }
  return false;
}

function hasSigned(authority: X509Certificate, certificate: X509Certificate): boolean {
  try {
    return certificate.checkIssued(authority) && certificate.verify(authority.publicKey);
  } catch {
    // A kind of key that OpenSSL does not know has signed nothing that it could check.
    return false;
  }
}

const USAGES = { serverAuth: '1.3.6.1.5.5.7.3.1', clientAuth: '1.3.6.1.5.5.7.3.2' } as const;
const ANY_USAGE = '2.5.29.37.0';

export type Usage = keyof typeof USAGES;

/** Whether it may be used for each of these. One that does not say what it is for may, as OpenSSL sees it too. */
export function isFor({ keyUsage }: X509Certificate, ...wanted: readonly Usage[]): boolean {
  // Undefined where it says nothing, whatever the types say.
  const usages = (keyUsage as readonly string[] | undefined) ?? [];
  return usages.length === 0 || usages.includes(ANY_USAGE) || wanted.every((usage) => usages.includes(USAGES[usage]));
}

/** How a person calls it: its common name, or else its names of hosts. */
export function titleOf(certificate: X509Certificate): string {
  const { subject, subjectaltname } = certificate.toLegacyObject();
  return JSON.stringify(commonNameOf(subject) ?? subjectaltname ?? 'without a name');
}

/** Which certificate it is, for whoever has to find it. @param where the file, or the option */
export function describe(certificate: X509Certificate, where: string): string {
  return `${titleOf(certificate)}, signed by ${issuerOf(certificate)}, of ${where}`;
}

/** Who signed it, as it says itself, in one line. */
export function issuerOf({ issuer }: X509Certificate): string {
  return JSON.stringify(issuer.replaceAll('\n', ', '));
}

/** The common name of a subject; undefined if there is none. Whoever has several is none of them. */
export function commonNameOf(subject: { readonly CN?: unknown } | undefined): string | undefined {
  const name = subject?.CN;
  return typeof name === 'string' && name !== '' ? name : undefined;
}
