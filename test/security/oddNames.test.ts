/**
 * Common names that only look like a user's: with something behind a NUL, in a row of several, of spaces and other signs. Each answer is that
 * of etcd 3.4, but where somebody has several names: there etcd takes the last, and here he is none of them.
 */
import { webcrypto } from 'node:crypto';
import { loadX509 } from '../../src/tls/x509';
import { makePki, type Pki } from '../tls/support/pki';
import { filesOf, openTlsPort, type TlsPort } from '../tls/support/tlsPort';

const ALGORITHM = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' } as const;
const DAY_MS = 86_400_000;

let pki: Pki;
let port: TlsPort;

beforeAll(async () => {
  pki = await makePki();
  port = await openTlsPort(filesOf(await pki.issue('server'), pki));
});

afterAll(async () => {
  await port.close();
  pki.remove();
});

function bytesOf(pem: string): Buffer {
  return Buffer.from(pem.replace(/-----[^-]+-----|\s/g, ''), 'base64');
}

/** A certificate of the CA for whoever is called so. */
async function issue(subject: readonly Readonly<Record<string, string[]>>[]): Promise<{ cert: string; key: string }> {
  const x509 = await loadX509();
  const keys = await webcrypto.subtle.generateKey(ALGORITHM, true, ['sign', 'verify']);
  const signer = new x509.X509Certificate(pki.ca.certificate);
  const certificate = await x509.X509CertificateGenerator.create({
    serialNumber: '41',
    notBefore: new Date(Date.now() - DAY_MS),
    notAfter: new Date(Date.now() + DAY_MS),
    subject: new x509.Name([...subject]).toJSON(),
    issuer: signer.subjectName,
    publicKey: keys.publicKey,
    signingKey: await webcrypto.subtle.importKey('pkcs8', bytesOf(pki.ca.key), ALGORITHM, false, ['sign']),
    signingAlgorithm: ALGORITHM,
    extensions: [new x509.ExtendedKeyUsageExtension([x509.ExtendedKeyUsage.clientAuth])],
  });
  const key = Buffer.from(await webcrypto.subtle.exportKey('pkcs8', keys.privateKey)).toString('base64');
  return { cert: certificate.toString('pem'), key: `-----BEGIN PRIVATE KEY-----\n${key}\n-----END PRIVATE KEY-----\n` };
}

const CN = (name: string): Readonly<Record<string, string[]>> => ({ CN: [name] });
const LONG = 'r'.repeat(60_000);
/** As the port says it. */
const NOBODY = 'somebody';

test.each([
  ['with something behind a NUL', [CN('root\0x')], 'root\0x'],
  ['with a NUL at the end', [CN('root\0')], 'root\0'],
  ['with a NUL before it', [CN('\0root')], '\0root'],
  ['with a space', [CN('root ')], 'root '],
  ['that is another name in its text', [CN('x, CN=root')], 'x, CN=root'],
  ['on two lines', [CN('x\nCN=root')], 'x\nCN=root'],
  ['with a slash', [CN('x/CN=root')], 'x/CN=root'],
  ['in other letters', [CN('ｒoot')], 'ｒoot'],
  ['of an object', [CN('__proto__')], '__proto__'],
  ['that is too long', [CN(LONG)], LONG],
  ['twice', [CN('ann'), CN('root')], NOBODY],
  ['twice the same', [CN('root'), CN('root')], NOBODY],
  ['beside another kind of name', [{ O: ['root'] }, CN('ann')], 'ann'],
  ['of another kind only', [{ O: ['root'] }], NOBODY],
])('a common name %s counts as it stands, or not at all', async (_, subject, name) => {
  const { cert, key } = await issue(subject);
  expect((await port.ask({ cert, key })).text).toBe(`served ${name}`);
});
