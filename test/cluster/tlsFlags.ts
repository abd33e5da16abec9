/** Flags of members that speak TLS, and what tests ask their ports with. */
import type { CertificateFiles, Pki } from '../tls/support/pki';
import type { Cluster } from './cluster';
import { speakTls } from './httpClient';

/** Among each other: each shows the certificate, and lets only those in that have one of the CA. */
export function peerTlsFlags(
  { certFile, keyFile }: Pick<CertificateFiles, 'certFile' | 'keyFile'>,
  caFile: string,
): string[] {
  return [
    ...[`--peer-cert-file=${certFile}`, `--peer-key-file=${keyFile}`],
    ...[`--peer-trusted-ca-file=${caFile}`, '--peer-client-cert-auth'],
  ];
}

/** With clients, who have to have a certificate of the CA. */
export function clientTlsFlags(
  { certFile, keyFile }: Pick<CertificateFiles, 'certFile' | 'keyFile'>,
  caFile: string,
): string[] {
  return [
    ...[`--cert-file=${certFile}`, `--key-file=${keyFile}`],
    ...[`--trusted-ca-file=${caFile}`, '--client-cert-auth'],
  ];
}

/** Asks the client ports of all members by https, with the certificate. */
export function askByTls(
  { members }: Pick<Cluster, 'members'>,
  { ca }: Pick<Pki, 'ca'>,
  client: CertificateFiles,
): void {
  for (const { clientPort } of members) {
    speakTls(clientPort, { ca: ca.certificate, cert: client.certificate, key: client.key });
  }
}
