import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  makeAuthority,
  makeCertificate,
  makeRevocations,
  type CertificateWish,
  type MadeCertificate,
} from '../../../src/tls/makeCertificates';

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
