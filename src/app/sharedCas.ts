/** Whether clients and members are known by the same CA: then a certificate of the one may pass for one of the other. */
import type { Configuration } from '../config/configuration';
import { readPlainFileSync } from '../platform/plainFile';

const CERTIFICATE = /-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g;

/** By what the files hold: the same certificate may be in two of them. */
export function areCasShared({
  trustedCaFile,
  peerTrustedCaFile,
}: Pick<Configuration, 'trustedCaFile' | 'peerTrustedCaFile'>): boolean {
  const ofClients = new Set(certificatesIn(trustedCaFile));
  return certificatesIn(peerTrustedCaFile).some((certificate) => ofClients.has(certificate));
}

/** None where the file cannot be read: if it is used, who uses it says so. */
function certificatesIn(path: string): readonly string[] {
  if (path === '') return [];
  try {
    return [...readPlainFileSync(path).matchAll(CERTIFICATE)].map(([pem]) => pem.replace(/\s/g, ''));
  } catch {
    return [];
  }
}
