import { chmodSync } from 'node:fs';
import { join } from 'node:path';
import { generateKeyPairSync } from 'node:crypto';
import { TlsFileError } from '../../src/tls/errors';
import { doubtOfModes, readTlsFiles, type TlsFiles } from '../../src/tls/files';
import { makeCertificate } from '../../src/tls/makeCertificates';
import { checkMaterial, type Material } from '../../src/tls/material';
import { longAgoMs, makePki, withoutDate, type CertificateFiles, type Pki } from './support/pki';

const DAY_MS = 86_400_000;

let pki: Pki;
let other: Pki;
let good: CertificateFiles;

beforeAll(async () => {
  [pki, other] = await Promise.all([makePki(), makePki('Other CA')]);
  good = await pki.issue('good');
});

afterAll(() => {
  pki.remove();
  other.remove();
});

interface Paths {
  readonly cert?: string;
  readonly key?: string;
  readonly ca?: string;
  readonly crl?: string;
}

async function load({ cert, key, ca, crl }: Paths, ownSignedByAuthorities = true): Promise<Material> {
  const file = (option: string, path: string | undefined) => (path === undefined ? undefined : { option, path });
  const files: TlsFiles = {
    certificate: file('--cert-file', cert),
    key: file('--key-file', key),
    authorities: file('--trusted-ca-file', ca),
    revoked: file('--client-crl-file', crl),
  };
  return checkMaterial(await readTlsFiles(files), { ownSignedByAuthorities }, Date.now());
}

async function faultOf(paths: Paths): Promise<readonly [fault: string, message: string]> {
  try {
    await load(paths);
  } catch (error) {
    if (error instanceof TlsFileError) return [error.fault, error.message];
    throw error;
  }
  return ['none', ''];
}

const pair = (files: CertificateFiles): Paths => ({ cert: files.certFile, key: files.keyFile });

it('takes what fits together, and knows when it ends', async () => {
  const { expiresMs, revocations, doubts } = await load({ ...pair(good), ca: pki.caFile, crl: await pki.revoke([]) });
  expect(doubts).toEqual([]);
  expect(Math.round((expiresMs - Date.now()) / DAY_MS)).toBe(365);
  expect(Math.round(((revocations?.endMs ?? NaN) - Date.now()) / DAY_MS)).toBe(7);
});

it('takes a chain with intermediate CAs, and a file with the old CA beside the new one', async () => {
  const both = pki.write('both.crt', other.ca.certificate + pki.ca.certificate);
  await expect(load({ ...pair(good), ca: both })).resolves.toBeDefined();
});

it('doubts a file of CAs without a CA', async () => {
  const { doubts } = await load({ ...pair(good), ca: good.certFile }, false);
  expect(doubts).toEqual([
    expect.stringMatching(/^--trusted-ca-file ".+" has no CA in it \(".+"\): no certificate that a CA signed/),
  ]);
});

it('wants of a client port no certificate of the CA of its clients', async () => {
  await expect(load({ ...pair(good), ca: other.caFile }, false)).resolves.toBeDefined();
});

describe('names the file, what is wrong with it and what to do', () => {
  it('that is not there', async () => {
    expect(await faultOf({ cert: '/nowhere/a.crt', key: good.keyFile })).toEqual([
      'missing',
      '--cert-file "/nowhere/a.crt": there is no such file; give the path of a PEM file',
    ]);
  });

  it('that is a directory', async () => {
    const [fault, message] = await faultOf({ cert: pki.directory, key: good.keyFile });
    expect(fault).toBe('unreadable');
    expect(message).toMatch(/^--cert-file ".+" cannot be read: it is a directory, expected a file; /);
  });

  it('that is too large', async () => {
    const path = pki.write('large.crt', 'x'.repeat(5_000_000));
    expect((await faultOf({ cert: path, key: good.keyFile }))[0]).toBe('tooLarge');
  });

  it('that is not PEM', async () => {
    const text = pki.write('text', 'hello\n');
    expect(await faultOf({ cert: text, key: good.keyFile })).toEqual([
      'notPem',
      `--cert-file "${text}" has no certificate in PEM form, expected -----BEGIN CERTIFICATE-----; give such a file`,
    ]);
    expect((await faultOf({ cert: good.certFile, key: text }))[1]).toMatch(
      /^--key-file .+ has no private key in PEM form/,
    );
    expect((await faultOf({ ...pair(good), ca: text }))[1]).toMatch(
      /^--trusted-ca-file .+ has no certificate in PEM form/,
    );
    expect((await faultOf({ ...pair(good), ca: pki.caFile, crl: text }))[1]).toMatch(
      /^--client-crl-file .+ has no list of revoked certificates in PEM form/,
    );
  });

  it('that is cut off, alone or behind a whole one', async () => {
    const half = good.certificate.slice(0, good.certificate.length / 2);
    for (const text of [half, good.certificate + half]) {
      const cert = pki.write('half.crt', text);
      expect(await faultOf({ cert, key: good.keyFile })).toEqual([
        'notPem',
        `--cert-file "${cert}" is cut off: its last certificate has no -----END line; copy or fetch the file anew`,
      ]);
    }
    const key = pki.write('half.key', good.key.slice(0, good.key.length / 2));
    expect((await faultOf({ cert: good.certFile, key }))[1]).toContain(
      'is cut off: its last private key has no -----END line',
    );
  });

  it('that is damaged', async () => {
    const cert = pki.write('bad.crt', good.certificate.replace(/\n.{8}/, '\nAAAAAAAA'));
    expect((await faultOf({ cert, key: good.keyFile }))[1]).toMatch(/certificate 1 of 1 is damaged/);
    const key = pki.write('bad.key', good.key.replace(/\n.{8}/, '\nAAAAAAAA'));
    expect((await faultOf({ cert: good.certFile, key }))[1]).toMatch(/the private key is damaged/);
    const crl = pki.write('bad.crl', '-----BEGIN X509 CRL-----\nAAAA\n-----END X509 CRL-----\n');
    expect((await faultOf({ ...pair(good), ca: pki.caFile, crl }))[1]).toMatch(/list 1 of 1 is damaged/);
  });

  it('that has a date that is none', async () => {
    for (const which of [0, 1]) {
      const cert = pki.write('timeless.crt', withoutDate(good.certificate, which));
      expect(await faultOf({ cert, key: good.keyFile })).toEqual([
        'notPem',
        expect.stringMatching(/a date that is none/),
      ]);
      const ca = pki.write('timeless-ca.crt', withoutDate(pki.ca.certificate, which));
      expect((await faultOf({ ...pair(good), ca }))[1]).toMatch(/^--trusted-ca-file .+ 1 of 1 has a date that is none/);
    }
  });

  it('that is encrypted', async () => {
    const { privateKey } = generateKeyPairSync('ec', {
      namedCurve: 'P-256',
      publicKeyEncoding: { type: 'spki', format: 'pem' },
      privateKeyEncoding: { type: 'pkcs8', format: 'pem', cipher: 'aes-256-cbc', passphrase: 'secret' },
    });
    const [fault, message] = await faultOf({ cert: good.certFile, key: pki.write('encrypted.key', privateKey) });
    expect(fault).toBe('encrypted');
    expect(message).toContain('openssl pkey -in FILE -out NEW');
  });

  it('whose key belongs to another certificate', async () => {
    const stranger = await pki.issue('stranger');
    const [fault, message] = await faultOf({ cert: good.certFile, key: stranger.keyFile });
    expect(fault).toBe('mismatch');
    expect(message).toBe(
      `--key-file "${stranger.keyFile}" does not fit the certificate "good" in --cert-file "${good.certFile}"; give the key that this certificate was made for`,
    );
  });

  it('that has expired, or is not valid yet', async () => {
    const old = await pki.issue('old', { nowMs: longAgoMs() });
    expect((await faultOf(pair(old)))[1]).toMatch(
      /the certificate "old" has expired at \d{4}-.+ and it is \d{4}-.+ here; give a new one$/,
    );
    const early = await pki.issue('early', { nowMs: Date.now() + 10 * DAY_MS });
    expect((await faultOf(pair(early)))[1]).toMatch(
      /the certificate "early" is valid from \d{4}-.+ on and it is \d{4}-.+ here/,
    );
  });

  it('that stand at the option of the other', async () => {
    const swapped =
      'the files of the certificate and of its key may be the wrong way round: give each to the other option';
    const [fault, message] = await faultOf({ cert: good.keyFile, key: good.certFile });
    expect([fault, message]).toEqual(['notPem', expect.stringContaining(`has a private key and no certificate`)]);
    expect(message).toContain(swapped);
    const both = await faultOf({ cert: good.certFile, key: good.certFile });
    expect(both[1]).toMatch(/^--key-file .+ has a certificate and no private key/);
    expect(both[1]).toContain(swapped);
  });

  it('that a CA of the same name as one of the file has signed', async () => {
    const namesake = await makePki();
    const [fault, message] = await faultOf({ ...pair(good), ca: namesake.caFile });
    namesake.remove();
    expect(fault).toBe('notSigned');
    expect(message).toContain('(which has one of that name with another key)');
    expect((await faultOf({ ...pair(good), ca: other.caFile }))[1]).not.toContain('of that name');
  });

  it('that no CA of the file has signed', async () => {
    const [fault, message] = await faultOf({ ...pair(good), ca: other.caFile });
    expect(fault).toBe('notSigned');
    expect(message).toMatch(
      /^--cert-file .+: the certificate "good" was signed by "CN=Test CA", and not by a CA in --trusted-ca-file/,
    );
  });
});

it('says of a usage that lacks what it lacks, and nothing else', async () => {
  const half = await pki.issue('half', { onlyFor: 'serverAuth' });
  expect((await load(pair(half))).doubts).toEqual([
    expect.stringMatching(/lacks clientAuth\); other members will refuse it; make one with serverAuth and clientAuth$/),
  ]);
  const otherHalf = await pki.issue('half', { onlyFor: 'clientAuth' });
  expect((await load(pair(otherHalf))).doubts).toEqual([expect.stringContaining('lacks serverAuth);')]);
});

it('doubts a certificate of a member that is for servers only', async () => {
  const { X509CertificateGenerator, ExtendedKeyUsageExtension, ExtendedKeyUsage } = await import('@peculiar/x509');
  const algorithm = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' };
  const keys = await crypto.subtle.generateKey(algorithm, true, ['sign', 'verify']);
  const made = await X509CertificateGenerator.createSelfSigned({
    name: 'CN=server-only',
    keys,
    signingAlgorithm: algorithm,
    notAfter: new Date(Date.now() + DAY_MS),
    extensions: [new ExtendedKeyUsageExtension([ExtendedKeyUsage.serverAuth])],
  });
  const key = Buffer.from(await crypto.subtle.exportKey('pkcs8', keys.privateKey)).toString('base64');
  const cert = pki.write('server-only.crt', made.toString('pem'));
  const keyFile = pki.write('server-only.key', `-----BEGIN PRIVATE KEY-----\n${key}\n-----END PRIVATE KEY-----\n`);
  const { doubts } = await load({ cert, key: keyFile });
  expect(doubts).toEqual([
    expect.stringMatching(/lacks clientAuth\); other members will refuse it; make one with serverAuth and clientAuth$/),
  ]);
  expect((await load({ cert, key: keyFile }, false)).doubts).toEqual([]);
});

it('doubts a key that others may read or change', async () => {
  const path = join(pki.directory, 'good.key');
  const file = { option: '--key-file', path };
  for (const [mode, isLoose] of [
    [0o600, false],
    [0o440, false],
    [0o640, false],
    [0o644, true],
    [0o660, true],
  ] as const) {
    chmodSync(path, mode);
    expect([mode, (await doubtOfModes(file)) !== undefined]).toEqual([mode, isLoose]);
  }
  chmodSync(path, 0o600);
  expect(await doubtOfModes({ ...file, path: join(pki.directory, 'gone.key') })).toBeUndefined();
});

it('takes certificates that sign themselves', async () => {
  const made = await makeCertificate({ commonName: 'self', hosts: [], years: 1, nowMs: Date.now() });
  const [cert, key] = [pki.write('self.crt', made.certificate), pki.write('self.key', made.key)];
  await expect(load({ cert, key })).resolves.toBeDefined();
});
