/** Which certificates are shown to whom, and by what others are known. */
import { createServer, type Server } from 'node:https';
import type { AddressInfo } from 'node:net';
import { createSecureContext, TLSSocket } from 'node:tls';
import { createDials, type Dials } from '../../src/app/dials';
import { plainRequest } from '../../src/platform/plainRequest';
import { reasonOf } from '../../src/platform/networkError';
import type { ClientTls, ServerCheck } from '../../src/tls/clientTls';
import { makePki, type CertificateFiles, type Pki } from '../tls/support/pki';

let pki: Pki;
let own: Record<'peer' | 'client' | 'discovery', CertificateFiles>;
let server: Server;
let url = '';
let shown: string[] = [];

beforeAll(async () => {
  pki = await makePki();
  const [peer, client, discovery, there] = await Promise.all(
    ['peer', 'client', 'discovery', 'there'].map((name) => pki.issue(name)),
  );
  own = { peer: peer!, client: client!, discovery: discovery! };
  const options = { ca: pki.ca.certificate, requestCert: true, rejectUnauthorized: true };
  server = createServer({ cert: there!.certificate, key: there!.key, ...options }, ({ socket }, response) => {
    const subject = socket instanceof TLSSocket ? socket.getPeerCertificate().subject : undefined;
    shown.push((subject as { CN?: string } | undefined)?.CN ?? 'nobody');
    response.end();
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  url = `https://127.0.0.1:${(server.address() as AddressInfo).port}/`;
});

beforeEach(() => {
  shown = [];
});

afterAll(async () => {
  pki.remove();
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
});

function dialsOf(peerCheck: ServerCheck, naming = { discoverySrv: '', peerTrustedCaFile: '/ca' }): Dials {
  const material = (side: keyof typeof own, check: ServerCheck): (() => ClientTls) => {
    const { certificate: cert, key } = own[side];
    const tls = { context: createSecureContext({ ca: pki.ca.certificate, cert, key }), server: check };
    return () => tls;
  };
  const byName = { kind: 'dialledName' } as const;
  return createDials(
    {
      peerDialing: material('peer', peerCheck),
      clientDialing: material('client', peerCheck),
      discoveryDialing: material('discovery', byName),
    },
    naming,
  );
}

async function ask(dials: Dials, kind: keyof Dials): Promise<string> {
  try {
    await plainRequest({ method: 'GET', url, timeoutMs: 5000, answerBytesMax: 100, dial: dials[kind] });
    return shown.at(-1) ?? '';
  } catch (error) {
    return reasonOf(error);
  }
}

test('each kind of partner sees a certificate of its kind, a proxied one that of members', async () => {
  const dials = dialsOf({ kind: 'dialledName' });
  expect(await ask(dials, 'peer')).toBe('peer');
  expect(await ask(dials, 'client')).toBe('client');
  expect(await ask(dials, 'proxied')).toBe('peer');
  expect(await ask(dials, 'discovery')).toBe('discovery');
});

test('the common name of members is asked of peer ports only', async () => {
  const dials = dialsOf({ kind: 'commonName', names: ['member'] });
  expect(await ask(dials, 'peer')).toMatch(/common name "there", and only "member" is allowed/);
  expect(await ask(dials, 'client')).toBe('client');
  expect(await ask(dials, 'proxied')).toBe('peer');
});

test('members that DNS names have to be of its domain, unless their CA is known', async () => {
  const unknown = dialsOf({ kind: 'dialledName' }, { discoverySrv: 'example.com.', peerTrustedCaFile: '' });
  expect(await ask(unknown, 'peer')).toMatch(/not for example\.com/);
  const known = dialsOf({ kind: 'dialledName' }, { discoverySrv: 'example.com', peerTrustedCaFile: '/ca' });
  expect(await ask(known, 'peer')).toBe('peer');
});
