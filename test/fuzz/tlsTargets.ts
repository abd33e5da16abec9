/** Files of certificates, keys and lists of revoked certificates: read again whenever they change, by a process that serves meanwhile. */
import { generateKeyPairSync, type X509Certificate } from 'node:crypto';
import { certificatesOf, commonNameOf, isFor, isSignedBy, keyOf, titleOf } from '../../src/tls/certificates';
import { TlsFileError } from '../../src/tls/errors';
import { pemBlocksOf } from '../../src/tls/pem';
import { revocationsOf } from '../../src/tls/revocations';
import { keptInputs } from './corpus';
import { only, texts, type Target } from './target';

const FILE = { option: '--cert-file', path: '/c' };

const PEM = '-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----\n';

function textOf(bytes: Buffer): { readonly file: typeof FILE; readonly text: string } {
  return { file: FILE, text: bytes.latin1Slice() };
}

/** All that is asked of a certificate. */
function lookAt(certificates: readonly X509Certificate[]): void {
  for (const certificate of certificates) {
    titleOf(certificate);
    commonNameOf(certificate.toLegacyObject().subject);
    isFor(certificate, 'serverAuth', 'clientAuth');
    isSignedBy(certificate, certificates, certificates);
    certificate.toString();
  }
}

/** What stands in the blocks of a kept file: changed inside, where text is no longer looked at. */
function derOf(target: string, label: string): readonly Buffer[] {
  return keptInputs(target).flatMap(({ bytes }) =>
    pemBlocksOf(bytes.latin1Slice(), [label]).map(({ body }) => Buffer.from(body, 'base64')),
  );
}

function pemOf(label: string, der: Buffer): string {
  return `-----BEGIN ${label}-----\n${der.toString('base64')}\n-----END ${label}-----\n`;
}

const { privateKey } = generateKeyPairSync('ed25519');

export const tlsTargets: readonly Target[] = [
  {
    name: 'certificates',
    seeds: texts(PEM, PEM.repeat(3)),
    run: (bytes) => {
      lookAt(certificatesOf(textOf(bytes)));
    },
    expects: only(TlsFileError),
  },
  {
    name: 'certificates-inside',
    seeds: derOf('certificates', 'CERTIFICATE'),
    run: (bytes) => {
      lookAt(certificatesOf({ file: FILE, text: pemOf('CERTIFICATE', bytes) }));
    },
    expects: only(TlsFileError),
  },
  {
    name: 'private-keys',
    seeds: [Buffer.from(privateKey.export({ format: 'pem', type: 'pkcs8' }))],
    run: (bytes) => keyOf(textOf(bytes)),
    expects: only(TlsFileError),
  },
  {
    name: 'private-keys-inside',
    seeds: [privateKey.export({ format: 'der', type: 'pkcs8' })],
    run: (bytes) => keyOf({ file: FILE, text: pemOf('PRIVATE KEY', bytes) }),
    expects: only(TlsFileError),
  },
  {
    name: 'revocations',
    seeds: texts('-----BEGIN X509 CRL-----\nMIIB\n-----END X509 CRL-----\n'),
    run: (bytes) => revocationsOf(textOf(bytes)),
    expects: only(TlsFileError),
  },
  {
    name: 'revocations-inside',
    seeds: derOf('revocations', 'X509 CRL'),
    run: (bytes) => revocationsOf({ file: FILE, text: pemOf('X509 CRL', bytes) }),
    expects: only(TlsFileError),
  },
];
