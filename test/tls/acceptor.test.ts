import { once } from 'node:events';
import { readFileSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { connect as connectTls, type ConnectionOptions } from 'node:tls';
import type { TlsFiles } from '../../src/tls/files';
import { longAgoMs, makePki, type CertificateFiles, type Pki } from './support/pki';
import { makeRsaCertificate } from './support/rsaCertificate';
import { filesOf, openTlsPort, type TlsPort } from './support/tlsPort';

let pki: Pki;
let other: Pki;
let server: CertificateFiles;
let alice: CertificateFiles;
let mallory: CertificateFiles;
let port: TlsPort | undefined;

beforeAll(async () => {
  [pki, other] = await Promise.all([makePki(), makePki('Other CA')]);
  [server, alice, mallory] = await Promise.all([pki.issue('server'), pki.issue('alice'), other.issue('alice')]);
});

afterEach(async () => {
  await port?.close();
  port = undefined;
});

afterAll(() => {
  pki.remove();
  other.remove();
});

const as = ({ certificate, key }: CertificateFiles): ConnectionOptions => ({ cert: certificate, key });

function files(crl?: string): TlsFiles {
  return {
    ...filesOf(server, pki),
    ...(crl === undefined ? {} : { revoked: { option: '--client-crl-file', path: crl } }),
  };
}

describe('a client', () => {
  it('is served with a certificate of the right CA, and its name is known', async () => {
    port = await openTlsPort(files());
    expect((await port.ask(as(alice))).text).toBe('served alice');
    expect(port.lines).toEqual([]);
    expect(port.unfinishedCount()).toBe(0);
  });

  it('needs none where none is demanded, and has no name then, whatever it shows', async () => {
    port = await openTlsPort(files(), { certificatesDemanded: false });
    expect((await port.ask()).text).toBe('served somebody');
    expect((await port.ask(as(alice))).text).toBe('served somebody');
    expect((await port.ask(as(mallory))).text).toBe('served somebody');
  });

  it.each([
    ['without a certificate', () => Promise.resolve({}), /the client showed no certificate, and one is demanded here/],
    ['with one of another CA', () => Promise.resolve(as(mallory)), /was not signed by a CA that is trusted here/],
    [
      'with one that has expired',
      async () => as(await pki.issue('old', { nowMs: longAgoMs() })),
      /the certificate of the client, or a CA of it, has expired/,
    ],
    [
      'with one that is not valid yet',
      async () => as(await pki.issue('early', { nowMs: Date.now() + 10 * 86_400_000 })),
      /is not valid yet/,
    ],
  ])('%s is not served, and the log says why', async (_, options, reason) => {
    port = await openTlsPort(files());
    expect((await port.ask(await options())).text).toMatch(/^refused/);
    expect(port.lines).toEqual([expect.stringMatching(reason)]);
    expect(port.lines[0]).toMatch(/^TLS at the client port: /);
    expect(port.origins).toEqual(['127.0.0.1']);
    // The next one of the kind says nothing new.
    await port.ask(await options());
    expect(port.lines).toHaveLength(1);
  });

  it('gets an alert where it shows no certificate', async () => {
    port = await openTlsPort(files());
    const { text } = await port.ask({ maxVersion: 'TLSv1.3' });
    expect(text).toBe('refused: ERR_SSL_TLSV13_ALERT_CERTIFICATE_REQUIRED');
  });
});

describe('names that are allowed', () => {
  it('are common names', async () => {
    port = await openTlsPort(files(), { allowedCommonNames: ['bob', 'alice'] });
    expect((await port.ask(as(alice))).text).toBe('served alice');
    expect((await port.ask(as(await pki.issue('alicia')))).text).toMatch(/^refused/);
    expect(port.lines).toEqual([expect.stringMatching(/a client is refused: .*common name "alicia"/)]);
  });

  it('are host names in the certificate, and no address is looked up', async () => {
    port = await openTlsPort(files(), { allowedHostNames: ['db.example.com'] });
    const member = await pki.issue('member', { hosts: ['db.example.com'] });
    expect((await port.ask(as(member))).text).toBe('served member');
    expect((await port.ask(as(alice))).text).toMatch(/^refused/);
  });
});

describe('a list of revoked certificates', () => {
  it('keeps those on it out, and lets others in', async () => {
    const bob = await pki.issue('bob');
    port = await openTlsPort(files(await pki.revoke([bob.certificate])));
    expect((await port.ask(as(alice))).text).toBe('served alice');
    expect((await port.ask(as(bob))).text).toMatch(/^refused/);
    expect(port.lines).toEqual([expect.stringMatching(/the certificate of the client is revoked/)]);
  });

  it('that is out of date keeps everybody out, with words', async () => {
    port = await openTlsPort(files(await pki.revoke([], -0.5)));
    expect((await port.ask(as(alice))).text).toMatch(/^refused/);
    expect(port.lines.at(-1)).toMatch(/the list of revoked certificates of the CA of the client is out of date/);
  });

  it('may be of several CAs in one file', async () => {
    const [bob, carol] = await Promise.all([pki.issue('bob'), other.issue('carol')]);
    const [first, second] = [await other.revoke([carol.certificate]), await pki.revoke([bob.certificate])];
    const crl = pki.write('both.crl', readFileSync(first, 'utf8') + readFileSync(second, 'utf8'));
    const authorities = {
      option: '--trusted-ca-file',
      path: pki.write('two.crt', other.ca.certificate + pki.ca.certificate),
    };
    port = await openTlsPort({ ...files(crl), authorities });
    const heard = await Promise.all([alice, mallory, bob, carol].map(async (who) => (await port?.ask(as(who)))?.text));
    expect(heard.map((text) => text?.startsWith('served'))).toEqual([true, true, false, false]);
  });

  it('that changed counts for sessions that began before', async () => {
    const bob = await pki.issue('bob');
    const crl = await pki.revoke([]);
    port = await openTlsPort(files(crl));
    for (const maxVersion of ['TLSv1.2', 'TLSv1.3'] as const) {
      await pki.revoke([]);
      await port.credentials.look();
      const { session } = await port.ask({ ...as(bob), maxVersion });
      expect(session).toBeDefined();
      const resumed = await port.ask({ ...as(bob), maxVersion, ...(session === undefined ? {} : { session }) });
      expect([resumed.isResumed, resumed.text]).toEqual([true, 'served bob']);
      await pki.revoke([bob.certificate]);
      await port.credentials.look();
      const later = await port.ask({ ...as(bob), maxVersion, ...(session === undefined ? {} : { session }) });
      expect(later.text).toMatch(/^refused/);
    }
  });
});

describe('new certificates', () => {
  it('are shown to new connections, and leave the open ones alone', async () => {
    const [before, after] = await Promise.all([pki.issue('before'), pki.issue('after')]);
    const live = { certificate: pki.write('live.crt', before.certificate), key: pki.write('live.key', before.key) };
    port = await openTlsPort({
      ...files(),
      certificate: { option: '--cert-file', path: live.certificate },
      key: { option: '--key-file', path: live.key },
    });
    const nameShown = async (): Promise<string> => {
      const socket = connectTls({ host: '127.0.0.1', port: port?.port ?? 0, rejectUnauthorized: false, ...as(alice) });
      await once(socket, 'secureConnect');
      const name = socket.getPeerCertificate().subject.CN;
      socket.destroy();
      return name as string;
    };
    expect(await nameShown()).toBe('before');
    writeFileSync(live.certificate, after.certificate);
    writeFileSync(live.key, after.key);
    await port.credentials.look();
    expect(await nameShown()).toBe('after');
  });
});

describe('versions and ciphers', () => {
  it.each([
    ['TLSv1.3', 'TLSv1.3', 'served alice'],
    ['TLSv1.2', 'TLSv1.2', 'served alice'],
    ['TLSv1.1', 'TLSv1', 'refused'],
  ] as const)('%s', async (maxVersion, minVersion, expected) => {
    port = await openTlsPort(files());
    const ciphers = 'DEFAULT@SECLEVEL=0';
    const { text, protocol } = await port.ask({ ...as(alice), minVersion, maxVersion, ciphers });
    expect(text).toMatch(new RegExp(`^${expected}`));
    if (expected !== 'refused') expect(protocol).toBe(maxVersion);
  });

  it('prefer TLS 1.3, and can demand it', async () => {
    port = await openTlsPort(files(), { protocol: { minVersion: 'TLS1.3', maxVersion: '', cipherSuites: [] } });
    expect((await port.ask(as(alice))).protocol).toBe('TLSv1.3');
    expect((await port.ask({ ...as(alice), maxVersion: 'TLSv1.2' })).text).toMatch(/^refused/);
    expect(port.lines).toEqual([expect.stringMatching(/the client speaks no version of TLS that is allowed here/)]);
  });

  it('are those of the list', async () => {
    const suite = 'TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384';
    port = await openTlsPort(files(), { protocol: { minVersion: 'TLS1.2', maxVersion: '', cipherSuites: [suite] } });
    expect((await port.ask({ ...as(alice), maxVersion: 'TLSv1.2' })).cipher).toBe(suite);
    const aes128 = { ...as(alice), maxVersion: 'TLSv1.2', ciphers: 'ECDHE-ECDSA-AES128-GCM-SHA256' } as const;
    expect((await port.ask(aes128)).text).toMatch(/^refused/);
    expect((await port.ask(as(alice))).protocol).toBe('TLSv1.3');
    expect(port.lines).toEqual([expect.stringMatching(/no cipher suite in common/)]);
  });

  // An RSA certificate besides: what has no forward secrecy (AES128-GCM-SHA256) is refused with any other one, whatever is allowed.
  it.each([
    ['ECDSA', 'ECDHE-ECDSA-AES128-GCM-SHA256', ['ECDHE-ECDSA-AES128-SHA', 'ECDHE-ECDSA-AES128-SHA256']],
    ['RSA', 'ECDHE-RSA-AES128-GCM-SHA256', ['AES128-GCM-SHA256', 'ECDHE-RSA-AES128-SHA', 'ECDHE-RSA-AES128-SHA256']],
  ])(
    'have no suite without forward secrecy or authenticated encryption by default, with %s',
    async (kind, good, bad) => {
      const { certificate, key } = kind === 'RSA' ? await makeRsaCertificate('rsa', pki.ca) : server;
      const own = { certFile: pki.write('own.crt', certificate), keyFile: pki.write('own.key', key) };
      port = await openTlsPort(filesOf(own, pki));
      const heard: string[] = [];
      for (const ciphers of [good, ...bad])
        heard.push((await port.ask({ ...as(alice), maxVersion: 'TLSv1.2', ciphers })).text.replace(/:.*/, ''));
      expect(heard).toEqual(['served alice', ...bad.map(() => 'refused')]);
    },
  );
});

describe('what is not TLS', () => {
  const send = async (bytes: string): Promise<string> => {
    const socket = connect(port?.port ?? 0, '127.0.0.1');
    let text = '';
    socket.setEncoding('latin1');
    socket.on('data', (piece: string) => (text += piece));
    socket.on('error', () => undefined);
    socket.write(bytes, 'latin1');
    await once(socket, 'close');
    return text;
  };

  it('is answered if it is HTTP, and said once', async () => {
    port = await openTlsPort(files());
    const words = 'HTTP/1.0 400 Bad Request\r\n\r\nClient sent an HTTP request to an HTTPS server.\n';
    expect(await send('GET / HTTP/1.1\r\n\r\n')).toBe(words);
    expect(await send('PUT /v2/keys/a HTTP/1.1\r\n\r\n')).toBe(words);
    expect(port.lines).toEqual([expect.stringMatching(/sent plain HTTP to this https port/)]);
  });

  it('ends if it is noise, or a broken record, and the next client is served', async () => {
    port = await openTlsPort(files());
    expect(await send('\x00\x01\x02')).toBe('');
    await send(`\x16\x03\x01\xff\xff${'x'.repeat(100)}`);
    const begun = connect(port.port, '127.0.0.1');
    begun.write('\x16', 'latin1', () => begun.destroy());
    await once(begun, 'close');
    expect((await port.ask(as(alice))).text).toBe('served alice');
    expect(port.unfinishedCount()).toBe(0);
  });
});

it('counts a client that says nothing, until it goes', async () => {
  port = await openTlsPort(files());
  const silent = connect(port.port, '127.0.0.1');
  await once(silent, 'connect');
  expect((await port.ask(as(alice))).text).toBe('served alice');
  expect(port.unfinishedCount()).toBe(1);
  silent.destroy();
  await port.ask(as(alice));
  expect(port.unfinishedCount()).toBe(0);
  expect(port.lines).toEqual([]);
});
