import { webcrypto } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  makeAuthority,
  makeCertificate,
  type CertificateWish,
  type MadeCertificate,
} from '../../../src/tls/makeCertificates';

import { loadX509 } from '../../../src/tls/x509';

const DAY_MS = 86_400_000;

/** A CA in a directory of its own, and files with what it signed. */
export interface Pki {
  readonly directory: string;
  readonly ca: MadeCertificate;
  readonly caFile: string;
  /** Makes `NAME.crt` and `NAME.key`. */
  issue(name: string, wish?: Partial<CertificateWish>): Promise<CertificateFiles>;
  /** Writes the list of those that are revoked. */
  revoke(certificates: readonly string[], days?: number): Promise<string>;
  write(name: string, text: string): string;
  remove(): void;
}

export interface CertificateFiles extends MadeCertificate {
  readonly certFile: string;
  readonly keyFile: string;
}

export async function makePki(commonName = 'Test CA'): Promise<Pki> {
  const directory = mkdtempSync(join(tmpdir(), 'cairn-pki-'));
  const ca = await makeAuthority({ commonName, years: 1, nowMs: Date.now() });
  const write = (name: string, text: string): string => {
    const path = join(directory, name);
    writeFileSync(path, text, { mode: 0o600 });
    return path;
  };
  return {
    directory,
    ca,
    caFile: write('ca.crt', ca.certificate),
    issue: async (name, wish = {}) => {
      const made = await makeCertificate(
        { commonName: name, hosts: ['127.0.0.1', '::1', 'localhost'], years: 1, nowMs: Date.now(), ...wish },
        ca,
      );
      return {
        ...made,
        certFile: write(`${name}.crt`, made.certificate),
        keyFile: write(`${name}.key`, made.key),
      };
    },
    revoke: async (certificates, days = 7) =>
      write('ca.crl', await makeRevocations(ca, certificates, { nowMs: Date.now(), days })),
    write,
    remove: () => {
      rmSync(directory, { recursive: true, force: true });
    },
  };
}

/** When a certificate must have been made that has ended by now. */
export function longAgoMs(): number {
  return Date.now() - 400 * DAY_MS;
}

/** The certificate (PEM) with letters in the place of one of its dates, and its signature as it was. @param which by their order */
export function withoutDate(pem: string, which: number): string {
  const UTC_TIME = Buffer.from([0x17, 13]);
  const der = Buffer.from(pem.replace(/-----[^-]+-----|\s/g, ''), 'base64');
  let at = der.indexOf(UTC_TIME);
  for (let count = 0; count < which; count++) at = der.indexOf(UTC_TIME, at + UTC_TIME.length);
  der.write('no date at al', at + UTC_TIME.length, 'latin1');
  const [begin = '', end = ''] = pem.match(/-----[^-]+-----/g) ?? [];
  return [begin, ...(der.toString('base64').match(/.{1,64}/g) ?? []), end, ''].join('\n');
}

const ALGORITHM = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' } as const;

/** A list of the certificates that the CA has revoked (PEM), which counts from a day before `nowMs` on. */
export async function makeRevocations(
  authority: MadeCertificate,
  revoked: readonly string[],
  { nowMs, days }: { readonly nowMs: number; readonly days: number },
): Promise<string> {
  const x509 = await loadX509();
  const list = await x509.X509CrlGenerator.create({
    issuer: new x509.X509Certificate(authority.certificate).subjectName,
    thisUpdate: new Date(nowMs - DAY_MS),
    nextUpdate: new Date(nowMs + days * DAY_MS),
    signingAlgorithm: ALGORITHM,
    signingKey: await signingKeyOf(authority),
    entries: revoked.map((certificate) => ({
      serialNumber: new x509.X509Certificate(certificate).serialNumber,
      revocationDate: new Date(nowMs - DAY_MS),
    })),
  });
  // OpenSSL wants it to be called so.
  return `${list.toString('pem').replaceAll(' CRL-----', ' X509 CRL-----')}\n`;
}

/** Of a CA that this program made. */
export function signingKeyOf({ key }: MadeCertificate): Promise<webcrypto.CryptoKey> {
  const bytes = Buffer.from(key.replace(/-----[^-]+-----|\s/g, ''), 'base64');
  return webcrypto.subtle.importKey('pkcs8', bytes, ALGORITHM, false, ['sign']);
}
