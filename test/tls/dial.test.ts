/** What a process that dials an https URL accepts, what it says of the rest, and what it never sends. */
import { once } from 'node:events';
import { createServer as createPlainServer, type AddressInfo, type Server, type Socket } from 'node:net';
import { createSecureContext, createServer, type TlsOptions, type TLSSocket } from 'node:tls';
import { isTlsCut, isTlsFailure, reasonOf, tlsFaultOf } from '../../src/platform/networkError';
import type { Dial } from '../../src/platform/dial';
import { plainRequest } from '../../src/platform/plainRequest';
import type { ClientTls, ServerCheck } from '../../src/tls/clientTls';
import { tlsDial } from '../../src/tls/dial';
import {
  makeAuthority,
  makeCertificate,
  type CertificateWish,
  type MadeCertificate,
} from '../../src/tls/makeCertificates';
import { stablePort } from '../support/ports';
import { makeRevocations } from './support/pki';

const HANDSHAKE_MS = 400;
const DAY_MS = 86_400_000;

let ca: MadeCertificate;
let other: MadeCertificate;
let good: Issued;
/** As Node.js takes it. */
interface Issued {
  readonly cert: string;
  readonly key: string;
}

async function issue(wish: Partial<CertificateWish> = {}, by = ca): Promise<Issued> {
  const base = { commonName: 'somebody', hosts: ['127.0.0.1', 'localhost'], years: 1, nowMs: Date.now() };
  const { certificate: cert, key } = await makeCertificate({ ...base, ...wish }, by);
  return { cert, key };
}

const servers = new Set<Server>();
const sockets = new Set<Socket>();

beforeAll(async () => {
  const make = (commonName: string) => makeAuthority({ commonName, years: 1, nowMs: Date.now() });
  [ca, other] = await Promise.all([make('ours'), make('theirs')]);
  good = await issue();
});

afterEach(async () => {
  for (const socket of sockets) socket.destroy();
  sockets.clear();
  await Promise.all([...servers].map((server) => new Promise((resolve) => server.close(resolve))));
  servers.clear();
});

async function listen(server: Server, port = 0): Promise<number> {
  servers.add(server);
  server.on('connection', (socket: Socket) => {
    sockets.add(socket);
    socket.on('error', () => undefined);
  });
  await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve));
  return (server.address() as AddressInfo).port;
}

interface Seen {
  readonly url: string;
  /** What came decrypted. */
  text: string;
  resumed: boolean[];
}

async function serve(options: TlsOptions): Promise<Seen> {
  const server = createServer(options, (socket: TLSSocket) => {
    seen.resumed.push(socket.isSessionReused());
    socket.on('error', () => undefined);
    socket.on('data', (bytes: Buffer) => {
      seen.text += bytes.toString('latin1');
      socket.end('HTTP/1.1 200 OK\r\nContent-Length: 2\r\nConnection: close\r\n\r\nok');
    });
  });
  server.on('tlsClientError', () => undefined);
  const seen: Seen = { url: `https://127.0.0.1:${await listen(server)}/`, text: '', resumed: [] };
  return seen;
}

function trusting(authority: MadeCertificate, check: ServerCheck = { kind: 'dialledName' }, own?: Issued): ClientTls {
  return { context: createSecureContext({ ca: authority.certificate, minVersion: 'TLSv1.2', ...own }), server: check };
}

/** `answered`, or the reason. */
async function ask(
  url: string,
  tls: ClientTls,
  dial = tlsDial(() => tls, { handshakeTimeoutMs: HANDSHAKE_MS }),
): Promise<string> {
  const error = await failure(url, dial);
  return error === undefined ? 'answered' : reasonOf(error);
}

async function failure(url: string, dial: Dial): Promise<unknown> {
  try {
    await plainRequest({ method: 'GET', url, timeoutMs: 5000, answerBytesMax: 100, dial });
    return undefined;
  } catch (error) {
    return error;
  }
}

it('a host with a certificate of a trusted CA and the dialled name is asked', async () => {
  const server = await serve(good);
  expect(await ask(server.url, trusting(ca))).toBe('answered');
  expect(server.text).toMatch(/^GET \/ HTTP/);
  expect(await ask(server.url.replace('127.0.0.1', 'localhost'), trusting(ca))).toBe('answered');
});

describe('nothing is sent, and the reason names the host and what to do, to one', () => {
  const cases: readonly (readonly [string, () => Promise<Issued>, RegExp])[] = [
    ['of another CA', () => issue({}, other), /signed by unknown authority.*give the CA/],
    [
      'of another name',
      () => issue({ hosts: ['elsewhere', '10.0.0.1'] }),
      /valid for .*elsewhere.*not for 127\.0\.0\.1; dial/,
    ],
    ['without any name', () => issue({ hosts: [], commonName: '127.0.0.1' }), /not for 127\.0\.0\.1/],
    ['that has expired', () => issue({ nowMs: Date.now() - 400 * DAY_MS }), /has expired; renew it/],
    ['of the future', () => issue({ nowMs: Date.now() + 2 * DAY_MS }), /not yet valid; correct the clock/],
  ];

  test.each(cases)('with a certificate %s', async (_what, make, reason) => {
    const server = await serve(await make());
    const said = await ask(server.url, trusting(ca));
    expect(said).toMatch(reason);
    expect(said).toContain(`TLS with ${new URL(server.url).host}: `);
    expect(server.text).toBe('');
  });
});

/** What hangs below a certificate that is none of a CA. */
async function belowNoAuthority(): Promise<Issued> {
  const between = await makeCertificate({ commonName: 'between', hosts: [], years: 1, nowMs: Date.now() }, ca);
  const { cert, key } = await issue({}, between);
  return { cert: cert + between.certificate, key };
}

/** Its own signature is right, and that of the list of its CA is not. */
async function withForgedList(): Promise<ClientTls> {
  const impostor = await makeAuthority({ commonName: 'ours', years: 1, nowMs: Date.now() });
  const crl = await makeRevocations(impostor, [], { nowMs: Date.now(), days: 7 });
  return { context: createSecureContext({ ca: ca.certificate, crl }), server: { kind: 'dialledName' } };
}

// It decides whether a member that finds such a certificate waits, or goes on to found a cluster of its own.
test.each([
  ['of another CA', () => issue({}, other), () => trusting(ca), /unknown authority/],
  ['whose CA is none', belowNoAuthority, () => trusting(ca), /x509: its certificate is refused: /],
  ['whose CA has another list', () => issue(), withForgedList, /the CRL was not signed by the CA/],
  ['of somebody else', () => issue({ hosts: ['elsewhere'] }), () => trusting(ca), /not for 127\.0\.0\.1/],
])('a certificate %s counts as a failure of TLS, which waiting does not mend', async (_what, make, tlsOf, reason) => {
  const server = await serve(await make());
  const tls = await tlsOf();
  const error = await failure(
    server.url,
    tlsDial(() => tls, { handshakeTimeoutMs: HANDSHAKE_MS }),
  );
  expect(isTlsFailure(error)).toBe(true);
  expect(reasonOf(error)).toMatch(reason);
  expect(server.text).toBe('');
});

describe('whoever has to have a common name', () => {
  test('may be reached at any address, and has to have that one', async () => {
    const named = await serve(await issue({ commonName: 'member', hosts: [] }));
    expect(await ask(named.url, trusting(ca, { kind: 'commonName', names: ['member'] }))).toBe('answered');
    const said = await ask(named.url, trusting(ca, { kind: 'commonName', names: ['someone', 'else'] }));
    expect(said).toMatch(/common name "member", and only "someone" or "else" is allowed/);
  });

  test('has to have it from a trusted CA', async () => {
    const forged = await serve(await issue({ commonName: 'member' }, other));
    expect(await ask(forged.url, trusting(ca, { kind: 'commonName', names: ['member'] }))).toMatch(/unknown authority/);
    expect(forged.text).toBe('');
  });

  test('does not have it by having none', async () => {
    const unnamed = await serve(await issue({ commonName: '' }));
    expect(await ask(unnamed.url, trusting(ca, { kind: 'commonName', names: [''] }))).toMatch(/common name ""/);
  });
});

test('an allowed host name takes the place of the dialled one', async () => {
  const server = await serve(await issue({ hosts: ['member.example'] }));
  expect(await ask(server.url, trusting(ca, { kind: 'hostName', names: ['one.example', 'member.example'] }))).toBe(
    'answered',
  );
  expect(await ask(server.url, trusting(ca, { kind: 'hostName', names: ['another.example'] }))).toMatch(
    /not for another\.example/,
  );
});

test('anybody is only asked where that is said', async () => {
  const server = await serve(await issue({ hosts: [] }, other));
  expect(await ask(server.url, trusting(ca, { kind: 'anybody' }))).toBe('answered');
});

describe('a host that wants a client certificate', () => {
  const wanting = (): TlsOptions => ({ ...good, ca: ca.certificate, requestCert: true, rejectUnauthorized: true });

  test('gets it', async () => {
    const server = await serve(wanting());
    expect(await ask(server.url, trusting(ca, undefined, await issue()))).toBe('answered');
  });

  test.each(['TLSv1.2', 'TLSv1.3'] as const)('and gets none says so with %s', async (maxVersion) => {
    const server = await serve({ ...wanting(), maxVersion });
    expect(await ask(server.url, trusting(ca))).toMatch(
      /tls: (certificate required|bad certificate|handshake failure)|during the handshake/,
    );
  });

  test('and gets one of another CA says so', async () => {
    const server = await serve(wanting());
    const said = await ask(server.url, trusting(ca, undefined, await issue({}, other)));
    expect(said).toMatch(
      /closed the connection (during|right after) the handshake.*most likely it refuses our certificate/,
    );
    expect(server.text).toBe('');
  });
});

describe('a host that breaks the connection', () => {
  const withOwn = async (): Promise<ClientTls> => ({
    ...trusting(ca, undefined, await issue()),
    own: '"me", of x.crt',
  });

  // Asked by hand: each way must be told, and which of them a refusal takes is a matter of what is in flight.
  test.each([
    ['in order', (socket: TLSSocket) => socket.end()],
    ['at once', (socket: TLSSocket) => socket.destroy()],
    ['by a reset', (socket: TLSSocket) => (Reflect.get(socket, '_parent') as Socket).resetAndDestroy()],
  ])('right after the handshake, %s, most likely refuses the certificate that is named', async (_how, act) => {
    const server = createServer(good, (socket: TLSSocket) => {
      socket.on('error', () => undefined);
      act(socket);
    });
    server.on('tlsClientError', () => undefined);
    const tls = await withOwn();
    const error = await failure(
      `https://127.0.0.1:${await listen(server)}/`,
      tlsDial(() => tls),
    );
    expect(reasonOf(error)).toMatch(/most likely it refuses our certificate.*\("me", of x\.crt\)/);
    expect(isTlsCut(error)).toBe(true);
    // The request may have been carried out, for all that is known.
    expect([isTlsFailure(error), tlsFaultOf(error)]).toEqual([false, undefined]);
  });

  test('in the middle of an answer, or after one, does not', async () => {
    const server = createServer(good, (socket: TLSSocket) => {
      socket.on('error', () => undefined);
      socket.once('data', () => socket.end('HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nok'));
    });
    const tls = await withOwn();
    const error = await failure(
      `https://127.0.0.1:${await listen(server)}/`,
      tlsDial(() => tls),
    );
    expect(error).toBeDefined();
    expect(isTlsCut(error)).toBe(false);
  });

  test('whose end is this side itself, is not blamed', async () => {
    const server = await serve(good);
    const socket = tlsDial(() => trusting(ca))(new URL(server.url));
    const failed = jest.fn();
    socket.on('error', failed);
    await once(socket, 'secureConnect');
    socket.end();
    socket.resume();
    await once(socket, 'close');
    expect(failed).not.toHaveBeenCalled();
  });
});

test('a server that speaks plain HTTP is told from one that is not there', async () => {
  const plain = createPlainServer((socket) => {
    socket.once('data', () => socket.end('HTTP/1.1 400 Bad Request\r\n\r\n'));
  });
  const port = await listen(plain, await stablePort());
  expect(await ask(`https://127.0.0.1:${port}/`, trusting(ca))).toMatch(
    /does not look like a TLS handshake.*http:\/\//,
  );
  servers.delete(plain);
  for (const socket of sockets) socket.destroy();
  await new Promise((resolve) => plain.close(resolve));
  expect(await ask(`https://127.0.0.1:${port}/`, trusting(ca))).toBe('connection refused');
});

test.each([
  ['says nothing', () => undefined, /handshake timeout/],
  ['hangs up', (socket: Socket) => socket.destroy(), /during the handshake/],
])('a server that %s ends the attempt', async (_what, act: (socket: Socket) => unknown, reason) => {
  const port = await listen(createPlainServer((socket) => void socket.once('data', () => act(socket))));
  expect(await ask(`https://127.0.0.1:${port}/`, trusting(ca))).toMatch(reason);
});

test('TLS 1.1 is not spoken', async () => {
  const server = await serve({ ...good, minVersion: 'TLSv1', maxVersion: 'TLSv1.1', ciphers: 'DEFAULT:@SECLEVEL=0' });
  expect(await ask(server.url, trusting(ca))).toMatch(/protocol version not supported/);
});

describe('a session', () => {
  test('is resumed with what it was checked with, and with nothing else', async () => {
    const server = await serve({ ...good, maxVersion: 'TLSv1.3' });
    const first = trusting(ca);
    let current = first;
    const dial = tlsDial(() => current);
    for (let round = 0; round < 3; round++) expect(await ask(server.url, current, dial)).toBe('answered');
    expect(server.resumed).toEqual([false, true, true]);
    current = trusting(ca);
    expect(await ask(server.url, current, dial)).toBe('answered');
    expect(server.resumed).toEqual([false, true, true, false]);
  });

  test('does not spare a changed check', async () => {
    const server = await serve({ ...good, maxVersion: 'TLSv1.3' });
    let current = trusting(ca);
    const dial = tlsDial(() => current);
    expect(await ask(server.url, current, dial)).toBe('answered');
    current = trusting(other);
    expect(await ask(server.url, current, dial)).toMatch(/unknown authority/);
  });
});

test.each([
  ['an abort without a reason', () => AbortSignal.abort().reason as Error],
  ['a time that is up', () => new DOMException('too late', 'TimeoutError')],
  ['a reason of the caller', () => Object.freeze(new Error('enough'))],
])('a connection that is ended by %s fails with just that', async (_what, reasonOfEnd) => {
  const server = await serve(good);
  const socket = tlsDial(() => trusting(ca))(new URL(server.url));
  await once(socket, 'secureConnect');
  const reason = reasonOfEnd();
  const failed = new Promise((resolve) => socket.once('error', resolve));
  socket.destroy(reason);
  expect(await failed).toBe(reason);
});

test('http is spoken plainly', async () => {
  const plain = createPlainServer((socket) => {
    socket.once('data', () => socket.end('HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n'));
  });
  expect(await ask(`http://127.0.0.1:${await listen(plain)}/`, trusting(ca))).toBe('answered');
});
