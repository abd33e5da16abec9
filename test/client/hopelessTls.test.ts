/** What no time mends is told at once, in words for a person and with a code for a program. */
import { createServer as createPlainServer, type Server, type Socket } from 'node:net';
import { createServer, type TlsOptions as ServerOptions } from 'node:tls';
import type { AddressInfo } from 'node:net';
import { createClient, TLS_CODES, UnreachableError, type TlsOptions } from '../../src/client';
import { startFairClock } from '../support/fairClock';
import { stablePort } from '../support/ports';
import { makePki, type CertificateFiles, type Pki } from '../tls/support/pki';

const DAY_MS = 86_400_000;
/** Well below the 10 seconds for which a client tries again. */
const AT_ONCE_MS = 3000;

let pki: Pki;
let stranger: Pki;
const servers: Server[] = [];
const sockets = new Set<Socket>();

beforeAll(async () => {
  [pki, stranger] = await Promise.all([makePki(), makePki('Stranger')]);
});

afterAll(() => {
  pki.remove();
  stranger.remove();
});

afterEach(async () => {
  for (const socket of sockets) socket.destroy();
  sockets.clear();
  await Promise.all(servers.splice(0).map((server) => new Promise((resolve) => server.close(resolve))));
});

async function listen(server: Server): Promise<string> {
  servers.push(server);
  server.on('connection', (socket: Socket) => {
    sockets.add(socket);
    socket.on('error', () => undefined);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return `127.0.0.1:${(server.address() as AddressInfo).port}`;
}

function tlsServer({ certificate, key }: CertificateFiles, more: ServerOptions = {}): Promise<string> {
  const server = createServer({ cert: certificate, key, ...more }, (socket) => socket.on('error', () => undefined));
  server.on('tlsClientError', () => undefined);
  return listen(server);
}

/** With all the time that a client has if nothing is said. */
async function failureOf(endpoints: string | readonly string[], tls?: TlsOptions, timeoutMs?: number) {
  const client = createClient({ endpoints, tls, timeoutMs });
  const beginMs = performance.now();
  const fairMs = startFairClock();
  const error: unknown = await client.keys.set('/k', 'v').catch((one: unknown) => one);
  client.close();
  if (!(error instanceof Error)) throw new Error('it succeeded');
  return { error, tookMs: performance.now() - beginMs, fairMs: fairMs() };
}

interface Case {
  readonly name: string;
  readonly code: string;
  readonly words: RegExp;
  readonly begin: () => Promise<{ readonly url: string; readonly tls?: TlsOptions }>;
}

const trusting = (more: TlsOptions = {}): TlsOptions => ({ ca: pki.ca.certificate, ...more });

const cases: readonly Case[] = [
  {
    name: 'a CA that is not trusted',
    code: TLS_CODES.unknownAuthority,
    words: /unknown authority.*give the CA that did \(tls\.ca\)/,
    begin: async () => ({ url: `https://${await tlsServer(await stranger.issue('s'))}`, tls: trusting() }),
  },
  {
    name: 'a certificate that has expired',
    code: TLS_CODES.expired,
    words: /has expired; renew it/,
    begin: async () => {
      const old = await pki.issue('old', { nowMs: Date.now() - 800 * DAY_MS });
      return { url: `https://${await tlsServer(old)}`, tls: trusting() };
    },
  },
  {
    name: 'a certificate of another host',
    code: TLS_CODES.wrongName,
    words: /valid for DNS:elsewhere\.example, not for 127\.0\.0\.1; dial it by one of these names/,
    begin: async () => ({
      url: `https://${await tlsServer(await pki.issue('named', { hosts: ['elsewhere.example'] }))}`,
      tls: trusting(),
    }),
  },
  {
    name: 'a server that wants a certificate',
    code: TLS_CODES.certificateDemanded,
    words: /certificate required.*\(tls\.cert and tls\.key\)/,
    begin: async () => ({
      url: `https://${await tlsServer(await pki.issue('strict'), { ca: pki.ca.certificate, requestCert: true, rejectUnauthorized: true })}`,
      tls: trusting(),
    }),
  },
  {
    name: 'a server without TLS',
    code: TLS_CODES.notTls,
    words: /speaks plain HTTP there; dial it by http:/,
    begin: async () => ({
      url: `https://${await listen(createPlainServer((socket) => socket.end('HTTP/1.1 400 Bad Request\r\n\r\n')))}`,
    }),
  },
  {
    name: 'a server with TLS, asked without',
    code: TLS_CODES.tlsSpoken,
    words: /speaks TLS there, and it was asked by plain HTTP; write its URL with https:/,
    begin: async () => {
      const words = 'Client sent an HTTP request to an HTTPS server.\n';
      const head = `HTTP/1.0 400 Bad Request\r\nContent-Length: ${words.length}\r\n\r\n`;
      return {
        url: `http://${await listen(createPlainServer((socket) => socket.once('data', () => socket.end(head + words))))}`,
      };
    },
  },
];

it.each(cases)('$name: told at once', async ({ code, words, begin }) => {
  const { url, tls } = await begin();
  const { error, fairMs } = await failureOf(url, tls);
  expect(error).toBeInstanceOf(UnreachableError);
  expect(error.message).toMatch(words);
  expect(error.message).not.toMatch(/SSL routines|ssl3_|:error:/);
  expect(error).toMatchObject({ code, kind: 'unreachable', maybeCarriedOut: false });
  expect(fairMs).toBeLessThan(AT_ONCE_MS);
});

it('goes on trying while one of the members may yet answer', async () => {
  const hopeless = `https://${await tlsServer(await stranger.issue('s'))}`;
  const address = `127.0.0.1:${await stablePort()}`;
  const { error, tookMs } = await failureOf([hopeless, `https://${address}`], trusting(), 1500);
  expect(error).not.toHaveProperty('code', expect.anything());
  expect(error.message).toMatch(/unknown authority/);
  expect(error.message).toContain(address);
  // The last wait between rounds is left out where it would go beyond the time.
  expect(tookMs).toBeGreaterThan(500);
});

it('goes on trying where a connection is cut during the handshake', async () => {
  let cuts = 0;
  const url = await listen(
    createPlainServer((socket) => {
      cuts++;
      socket.once('data', () => socket.destroy());
    }),
  );
  const { error } = await failureOf(`https://${url}`, trusting(), 1500);
  expect(error).not.toHaveProperty('code', expect.anything());
  expect(cuts).toBeGreaterThan(2);
});
