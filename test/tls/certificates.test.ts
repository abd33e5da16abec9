/** What stands in the files of certificates. */
import { readFileSync } from 'node:fs';
import { certificatesOf } from '../../src/tls/certificates';
import { TlsFileError } from '../../src/tls/errors';
import { makePki, withoutDate, type Pki } from './support/pki';

let pki: Pki;

beforeAll(async () => {
  pki = await makePki();
});

afterAll(() => {
  pki.remove();
});

/** What openssl calls rsaEncryption and id-ecPublicKey, and numbers of the same length that nothing has. */
const KEY_KINDS = [
  ['2a864886f70d010101', '2a864886f70d010163'],
  ['2a8648ce3d0201', '2a8648ce3d0263'],
] as const;

/** The certificate with the kind of its key exchanged for one that does not exist. */
function withStrangeKey(pem: string): string {
  const der = Buffer.from(pem.replace(/-----.*-----|\s/g, ''), 'base64');
  for (const [known, unknown] of KEY_KINDS) {
    const at = der.indexOf(Buffer.from(known, 'hex'));
    if (at >= 0) Buffer.from(unknown, 'hex').copy(der, at);
  }
  const lines = der.toString('base64').match(/.{1,64}/g) ?? [];
  return ['-----BEGIN CERTIFICATE-----', ...lines, '-----END CERTIFICATE-----', ''].join('\n');
}

test('a certificate with a public key of an unknown kind is refused: Node.js 24 would end with a segmentation fault later', async () => {
  const good = readFileSync((await pki.issue('good')).certFile, 'utf8');
  const strange = withStrangeKey(good);
  expect(strange).not.toBe(good);
  const file = { option: '--trusted-ca-file', path: '/ca.pem' };
  expect(certificatesOf({ file, text: good })).toHaveLength(1);
  expect(() => certificatesOf({ file, text: `${good}${strange}` })).toThrow(
    '--trusted-ca-file "/ca.pem": certificate 2 of 2 has a public key of a kind that this program cannot read',
  );
});

test.each([
  ['it begins', 0],
  ['it ends', 1],
] as const)(
  'a certificate that does not say when %s is refused: it would neither end nor be valid from a date on',
  async (_what, which) => {
    const good = readFileSync((await pki.issue('good')).certFile, 'utf8');
    const file = { option: '--trusted-ca-file', path: '/ca.pem' };
    const read = (): unknown => certificatesOf({ file, text: `${good}${withoutDate(good, which)}` });
    expect(read).toThrow(TlsFileError);
    expect(read).toThrow('--trusted-ca-file "/ca.pem": certificate 2 of 2 has a date that is none');
  },
);
