/** Certificates and keys that were checked: what is in here can be used. */
import type { KeyObject, X509Certificate } from 'node:crypto';
import { createSecureContext, type SecureContextOptions } from 'node:tls';
import { certificatesOf, describe, isFor, isSignedBy, issuerOf, keyOf, titleOf, type Usage } from './certificates';
import { TlsFileError } from './errors';
import { named, type TlsText, type TlsTexts } from './files';
import { revocationsOf, type RevocationsTime } from './revocations';

/** PEM, as Node.js takes it, and what is worth knowing of it. */
export interface Material {
  readonly pem: Pick<SecureContextOptions, 'cert' | 'key' | 'ca' | 'crl'>;
  /** Its certificate in words, with the file; undefined: there is none. */
  readonly own: string | undefined;
  /** Milliseconds since 1970: when the first of its certificates, or the last of its CAs, ends; Infinity if there are none. */
  readonly expiresMs: number;
  /** Of the first of its lists of revoked certificates that ends. */
  readonly revocations: RevocationsTime | undefined;
  /** When each of its CAs, and each of these lists, ends; milliseconds since 1970. */
  readonly trustEndsMs: readonly number[];
  /** One sentence each: what works and was hardly meant. */
  readonly doubts: readonly string[];
}

export interface MaterialRules {
  /**
   * The certificate is shown to processes that trust the same CAs: one that none of them signed would be refused by each. So it is
   * between members; a client port's CAs are those of its clients only.
   */
  readonly ownSignedByAuthorities: boolean;
  /** Nothing listens with the certificate: it has to be one for clients alone. */
  readonly isOnlyDialedWith?: boolean;
}

/** Rejects with TlsFileError for the first thing that is wrong. */
export async function checkMaterial(texts: TlsTexts, rules: MaterialRules, nowMs: number): Promise<Material> {
  const authorities = texts.authorities === undefined ? undefined : certificatesOf(texts.authorities);
  const pair = pairOf(texts);
  const doubts: string[] = [];
  let expiresMs = Infinity;
  if (texts.authorities !== undefined && authorities !== undefined) {
    expiresMs = lastEnd(texts.authorities, authorities, nowMs);
    doubts.push(...doubtsOfAuthorities(texts.authorities, authorities));
  }
  if (pair !== undefined) {
    for (const certificate of pair.chain) checkDates(pair.text, certificate, nowMs);
    expiresMs = Math.min(expiresMs, ...pair.chain.map(endMs));
    if (rules.ownSignedByAuthorities && texts.authorities !== undefined && authorities !== undefined) {
      checkSigned(pair, texts.authorities, authorities);
    }
    doubts.push(...doubtsOfUsage(pair, rules));
  }
  const revocations = texts.revoked === undefined ? undefined : await revocationsOf(texts.revoked);
  const pem = {
    cert: texts.certificate?.text,
    key: texts.key?.text,
    ca: authorities?.map((authority) => authority.toString()),
    crl: revocations?.pem.slice(),
  };
  checkUsable(pem, texts);
  const own = pair && describe(pair.own, named(pair.text.file));
  const trustEndsMs = [...(authorities ?? []).map(endMs), ...(revocations?.endsMs ?? [])];
  return { pem, own, expiresMs, revocations: revocations?.time, trustEndsMs, doubts };
}

interface Pair {
  readonly text: TlsText;
  readonly own: X509Certificate;
  readonly chain: readonly X509Certificate[];
}

function pairOf({ certificate, key }: TlsTexts): Pair | undefined {
  if (certificate === undefined || key === undefined) return undefined;
  const chain = certificatesOf(certificate);
  const [own] = chain;
  if (own === undefined) return undefined;
  if (!fits(own, keyOf(key))) {
    const message =
      `${named(key.file)} does not fit the certificate ${titleOf(own)} in ${named(certificate.file)}; give the key that this ` +
      'certificate was made for';
    throw new TlsFileError('mismatch', message);
  }
  return { text: certificate, own, chain };
}

function fits(certificate: X509Certificate, key: KeyObject): boolean {
  try {
    return certificate.checkPrivateKey(key);
  } catch {
    return false;
  }
}

function checkDates({ file }: TlsText, certificate: X509Certificate, nowMs: number): void {
  const now = new Date(nowMs).toISOString();
  if (endMs(certificate) <= nowMs) {
    const message = `${named(file)}: the certificate ${titleOf(certificate)} has expired at ${shownEnd(certificate)} and it is ${now} here; give a new one`;
    throw new TlsFileError('expired', message);
  }
  if (Date.parse(certificate.validFrom) > nowMs) {
    const from = new Date(certificate.validFrom).toISOString();
    const message = `${named(file)}: the certificate ${titleOf(certificate)} is valid from ${from} on and it is ${now} here; correct the clock, or wait`;
    throw new TlsFileError('notYetValid', message);
  }
}

/** A file may keep an old CA beside the new one; some of them must count. */
function lastEnd({ file }: TlsText, authorities: readonly X509Certificate[], nowMs: number): number {
  const last = Math.max(...authorities.map(endMs));
  if (last > nowMs) return last;
  const message = `${named(file)}: each CA in it has expired, the last one at ${new Date(last).toISOString()}; give a file with the CA of today`;
  throw new TlsFileError('expired', message);
}

function checkSigned({ text, own, chain }: Pair, trusted: TlsText, authorities: readonly X509Certificate[]): void {
  if (isSignedBy(own, chain, authorities)) return;
  // Names are free to choose: where they do not tell CAs apart, this does.
  const hasNamesake = authorities.some(({ subject }) => subject === own.issuer);
  const namesake = hasNamesake ? ' (which has one of that name with another key)' : '';
  const message =
    `${named(text.file)}: the certificate ${titleOf(own)} was signed by ${issuerOf(own)}, and not by a CA in ${named(trusted.file)}${namesake}, so that every ` +
    'other member would refuse it; give a certificate of one of these CAs, or add its CA to that file (and intermediate CAs to the certificate)';
  throw new TlsFileError('notSigned', message);
}

/** A certificate that signed itself may be trusted as it is, and nobody else's with it. */
function doubtsOfAuthorities({ file }: TlsText, authorities: readonly X509Certificate[]): string[] {
  if (authorities.some(({ ca }) => ca)) return [];
  return [
    `${named(file)} has no CA in it (${authorities.map(titleOf).join(', ')}): no certificate that a CA signed will be trusted; give the ` +
      'certificate of the CA itself, often named ca.crt',
  ];
}

function doubtsOfUsage({ text, own }: Pair, rules: MaterialRules): string[] {
  const wanted = usagesOf(rules);
  const missing = wanted.filter((usage) => !isFor(own, usage));
  if (missing.length === 0) return [];
  const who =
    rules.isOnlyDialedWith === true
      ? 'who is dialled with it'
      : rules.ownSignedByAuthorities
        ? 'other members'
        : 'clients';
  return [
    `${named(text.file)}: the certificate ${titleOf(own)} is not for what it is used for here (its extended key usage lacks ${missing.join(' and ')}); ${who} ` +
      `will refuse it; make one with ${wanted.join(' and ')}`,
  ];
}

function usagesOf({ ownSignedByAuthorities, isOnlyDialedWith }: MaterialRules): readonly Usage[] {
  if (isOnlyDialedWith === true) return ['clientAuth'];
  return ownSignedByAuthorities ? ['serverAuth', 'clientAuth'] : ['serverAuth'];
}

/** OpenSSL has the last word, for instance on keys that are too short. */
function checkUsable(pem: Material['pem'], { certificate, authorities }: TlsTexts): void {
  try {
    createSecureContext(pem);
  } catch (error) {
    const file = certificate?.file ?? authorities?.file;
    const reason = error instanceof Error ? error.message : String(error);
    const where = file === undefined ? '' : `${named(file)}: `;
    throw new TlsFileError(
      'unusable',
      `${where}OpenSSL does not take it (${reason}); make a certificate that it takes`,
    );
  }
}

function endMs(certificate: X509Certificate): number {
  return Date.parse(certificate.validTo);
}

function shownEnd(certificate: X509Certificate): string {
  return new Date(certificate.validTo).toISOString();
}
