import { generateKeyPairSync, webcrypto } from 'node:crypto';
import type { MadeCertificate } from '../../../src/tls/makeCertificates';
import { loadX509 } from '../../../src/tls/x509';
import { signingKeyOf } from './pki';

const ALGORITHM = { name: 'RSASSA-PKCS1-v1_5', hash: 'SHA-256' } as const;
const BITS = 2048;
const DAY_MS = 86_400_000;

/**
 * A certificate of 127.0.0.1 with an RSA key, for servers, signed by the CA. This program makes none; those whom others gave one use it all
 * the same, and only with such a one a server could be talked into suites without forward secrecy, whose keys the certificate itself encrypts.
 */
export async function makeRsaCertificate(commonName: string, authority: MadeCertificate): Promise<MadeCertificate> {
  const x509 = await loadX509();
  const pair = generateKeyPairSync('rsa', {
    modulusLength: BITS,
    publicKeyEncoding: { type: 'spki', format: 'der' },
    privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
  });
  const { KeyUsageFlags: use } = x509;
  const certificate = await x509.X509CertificateGenerator.create({
    serialNumber: '5253',
    notBefore: new Date(Date.now() - DAY_MS),
    notAfter: new Date(Date.now() + 30 * DAY_MS),
    signingAlgorithm: { name: 'ECDSA', hash: 'SHA-256' },
    subject: [{ CN: [commonName] }],
    issuer: new x509.X509Certificate(authority.certificate).subjectName,
    publicKey: await webcrypto.subtle.importKey('spki', pair.publicKey, ALGORITHM, true, ['verify']),
    signingKey: await signingKeyOf(authority),
    extensions: [
      new x509.KeyUsagesExtension(use.digitalSignature | use.keyEncipherment, true),
      new x509.ExtendedKeyUsageExtension([x509.ExtendedKeyUsage.serverAuth]),
      new x509.SubjectAlternativeNameExtension([{ type: 'ip', value: '127.0.0.1' }]),
    ],
  });
  return { certificate: `${certificate.toString('pem')}\n`, key: pair.privateKey };
}
