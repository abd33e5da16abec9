/** Makes CAs and certificates, for those who try TLS out. */
import { randomBytes, webcrypto } from 'node:crypto';
import { isIP } from 'node:net';
import type { JsonGeneralNames } from '@peculiar/x509';
import type { Usage } from './certificates';
import { loadX509 } from './x509';

const ALGORITHM = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' } as const;
const DAY_MS = 86_400_000;
const YEAR_MS = 365 * DAY_MS;
/** Clocks differ, and a certificate that is not valid yet is refused. */
const EARLIER_MS = DAY_MS;

/** A certificate with its key, both PEM. */
export interface MadeCertificate {
  readonly certificate: string;
  readonly key: string;
}

export interface CertificateWish {
  readonly commonName: string;
  /** Names and addresses it is valid for. */
  readonly hosts: readonly string[];
  readonly years: number;
  readonly nowMs: number;
  /** Both if absent. With clientAuth alone whoever has it cannot pretend to be a member. */
  readonly onlyFor?: Usage;
}

/** A CA that signs with a new key. */
export async function makeAuthority({
  commonName,
  years,
  nowMs,
}: Omit<CertificateWish, 'hosts'>): Promise<MadeCertificate> {
  const x509 = await loadX509();
  const keys = await newKeys();
  const certificate = await x509.X509CertificateGenerator.createSelfSigned({
    ...frame(years, nowMs),
    name: [{ CN: [commonName] }],
    signingAlgorithm: ALGORITHM,
    keys,
    extensions: [
      new x509.BasicConstraintsExtension(true, undefined, true),
      new x509.KeyUsagesExtension(x509.KeyUsageFlags.keyCertSign | x509.KeyUsageFlags.cRLSign, true),
      await x509.SubjectKeyIdentifierExtension.create(keys.publicKey),
    ],
  });
  return { certificate: pemOf(certificate), key: await keyPem(keys.privateKey) };
}

/**
 * A certificate with a new key, for servers and clients both unless it is wished otherwise: a member is one and the other.
 *
 * @param authority signs it; without it the certificate signs itself
 */
export async function makeCertificate(wish: CertificateWish, authority?: MadeCertificate): Promise<MadeCertificate> {
  const x509 = await loadX509();
  const keys = await newKeys();
  const names: JsonGeneralNames = wish.hosts.map((value) => ({ type: isIP(value) === 0 ? 'dns' : 'ip', value }));
  const common = {
    ...frame(wish.years, wish.nowMs),
    signingAlgorithm: ALGORITHM,
    extensions: [
      new x509.BasicConstraintsExtension(false, undefined, true),
      new x509.KeyUsagesExtension(x509.KeyUsageFlags.digitalSignature, true),
      new x509.ExtendedKeyUsageExtension([
        ...(wish.onlyFor === 'clientAuth' ? [] : [x509.ExtendedKeyUsage.serverAuth]),
        ...(wish.onlyFor === 'serverAuth' ? [] : [x509.ExtendedKeyUsage.clientAuth]),
      ]),
      ...(names.length === 0 ? [] : [new x509.SubjectAlternativeNameExtension(names)]),
      await x509.SubjectKeyIdentifierExtension.create(keys.publicKey),
    ],
  };
  const name = [{ CN: [wish.commonName] }];
  const key = await keyPem(keys.privateKey);
  if (authority === undefined) {
    return { certificate: pemOf(await x509.X509CertificateGenerator.createSelfSigned({ ...common, name, keys })), key };
  }
  const signer = new x509.X509Certificate(authority.certificate);
  const certificate = await x509.X509CertificateGenerator.create({
    ...common,
    extensions: [...common.extensions, await x509.AuthorityKeyIdentifierExtension.create(signer)],
    subject: name,
    issuer: signer.subjectName,
    publicKey: keys.publicKey,
    signingKey: await signingKeyOf(authority),
  });
  return { certificate: pemOf(certificate), key };
}

function frame(years: number, nowMs: number): { serialNumber: string; notBefore: Date; notAfter: Date } {
  const serial = randomBytes(16);
  // Positive and without a leading zero.
  serial[0] = ((serial[0] ?? 0) & 0x3f) | 0x40;
  return {
    serialNumber: serial.toString('hex'),
    notBefore: new Date(nowMs - EARLIER_MS),
    notAfter: new Date(nowMs + years * YEAR_MS),
  };
}

function newKeys(): Promise<webcrypto.CryptoKeyPair> {
  return webcrypto.subtle.generateKey(ALGORITHM, true, ['sign', 'verify']);
}

function signingKeyOf({ key }: MadeCertificate): Promise<webcrypto.CryptoKey> {
  const bytes = Buffer.from(key.replace(/-----[^-]+-----|\s/g, ''), 'base64');
  return webcrypto.subtle.importKey('pkcs8', bytes, ALGORITHM, false, ['sign']);
}

async function keyPem(key: webcrypto.CryptoKey): Promise<string> {
  const bytes = Buffer.from(await webcrypto.subtle.exportKey('pkcs8', key)).toString('base64');
  return `-----BEGIN PRIVATE KEY-----\n${bytes.replace(/.{64}(?=.)/g, '$&\n')}\n-----END PRIVATE KEY-----\n`;
}

function pemOf(certificate: { toString(format: 'pem'): string }): string {
  return `${certificate.toString('pem')}\n`;
}
