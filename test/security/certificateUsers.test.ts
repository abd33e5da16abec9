/**
 * The name in a client's certificate is a user, over real TLS (CVE-2018-16886 and its kind): in new sessions and resumed ones, unless a
 * Basic header says otherwise; never in the name of a proxy, whatever comes through it.
 */
import { connect, type TLSSocket } from 'node:tls';
import { freePlace, startInProcess, type InProcess } from '../support/inProcess';
import { makePki, type CertificateFiles, type Pki } from '../tls/support/pki';

let pki: Pki;
let member: InProcess;
let proxy: InProcess;
let root: CertificateFiles;
let ann: CertificateFiles;
let stranger: CertificateFiles;

const ROOT = `Basic ${Buffer.from('root:rootpw').toString('base64')}`;
const ANN = `Basic ${Buffer.from('ann:annpw').toString('base64')}`;

beforeAll(async () => {
  pki = await makePki();
  const server = await pki.issue('server');
  // The proxy's own certificate has the name of the user who may do everything.
  [root, ann, stranger] = await Promise.all([pki.issue('root'), pki.issue('ann'), pki.issue('stranger')]);
  const place = await freePlace();
  const url = `https://127.0.0.1:${place.port}`;
  const peerUrl = `https://127.0.0.1:${place.peerPort}`;
  const clientTls = [`--trusted-ca-file=${pki.caFile}`, '--client-cert-auth'];
  member = await startInProcess(
    'all',
    [
      ...[`--listen-client-urls=${url}`, `--advertise-client-urls=${url}`],
      ...[`--listen-peer-urls=${peerUrl}`, `--initial-advertise-peer-urls=${peerUrl}`],
      ...[`--initial-cluster=default=${peerUrl}`, `--cert-file=${server.certFile}`, `--key-file=${server.keyFile}`],
      ...clientTls,
      ...[`--peer-cert-file=${server.certFile}`, `--peer-key-file=${server.keyFile}`],
      ...[`--peer-trusted-ca-file=${pki.caFile}`, '--peer-client-cert-auth'],
    ],
    place,
  );
  const own = await freePlace();
  proxy = await startInProcess(
    'all',
    [
      ...['--proxy=on', `--initial-cluster=default=${peerUrl}`, `--listen-client-urls=https://127.0.0.1:${own.port}`],
      ...[`--cert-file=${root.certFile}`, `--key-file=${root.keyFile}`, ...clientTls],
      ...[`--peer-cert-file=${root.certFile}`, `--peer-key-file=${root.keyFile}`],
      ...[`--peer-trusted-ca-file=${pki.caFile}`],
    ],
    own,
  );
  const json = 'Content-Type: application/json\r\n';
  for (const [path, body] of [
    ['users/root', '{"user":"root","password":"rootpw"}'],
    ['roles/ann', '{"role":"ann","permissions":{"kv":{"read":["/ann/*"],"write":["/ann/*"]}}}'],
    ['users/ann', '{"user":"ann","password":"annpw","roles":["ann"]}'],
    ['roles/guest', '{"role":"guest","permissions":{"kv":{"read":["/open"],"write":[]}}}'],
    ['enable', ''],
  ] as const) {
    const { status } = await ask(root, 'PUT', `/v2/auth/${path}`, { headers: json, body });
    expect([path, status < 300]).toEqual([path, true]);
  }
});

afterAll(async () => {
  await proxy.stop();
  await member.stop();
  pki.remove();
});

interface Asked {
  readonly port?: number;
  readonly headers?: string;
  readonly body?: string;
  readonly session?: Buffer;
  readonly maxVersion?: 'TLSv1.2' | 'TLSv1.3';
}

interface Heard {
  readonly status: number;
  readonly isResumed: boolean;
  readonly session: Buffer | undefined;
}

/** One request on a connection of its own, which shows this certificate. */
function ask(who: CertificateFiles, method: string, path: string, asked: Asked = {}): Promise<Heard> {
  const { port = member.port, headers = '', body = '', session, maxVersion } = asked;
  return new Promise((resolve, reject) => {
    const socket: TLSSocket = connect({
      ...{ host: '127.0.0.1', port, ca: pki.ca.certificate, cert: who.certificate, key: who.key },
      ...(session === undefined ? {} : { session }),
      ...(maxVersion === undefined ? {} : { maxVersion }),
    });
    let text = '';
    let ticket: Buffer | undefined;
    let isResumed = false;
    socket.setEncoding('latin1');
    socket.on('secureConnect', () => {
      isResumed = socket.isSessionReused();
      const length = body === '' ? '' : `Content-Length: ${body.length}\r\n`;
      socket.write(
        `${method} ${path} HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n${headers}${length}\r\n${body}`,
      );
    });
    socket.on('session', (given: Buffer) => (ticket = given));
    socket.on('data', (piece: string) => (text += piece));
    socket.on('error', reject);
    socket.on('close', () => {
      resolve({ status: Number(text.slice(9, 12)), isResumed, session: ticket });
    });
  });
}

const statusOf = async (...parts: Parameters<typeof ask>): Promise<number> => (await ask(...parts)).status;

test('its owner has the rights of the user of that name, and no more', async () => {
  expect(await statusOf(root, 'GET', '/v2/auth/users')).toBe(200);
  expect(await statusOf(ann, 'PUT', '/v2/keys/ann/a')).toBe(201);
  expect(await statusOf(ann, 'GET', '/v2/keys/other')).toBe(401);
  expect(await statusOf(ann, 'GET', '/v2/auth/users')).toBe(401);
});

test('whose name is no user is a guest', async () => {
  expect(await statusOf(stranger, 'GET', '/v2/keys/open')).toBe(404);
  expect(await statusOf(stranger, 'GET', '/v2/keys/ann/a')).toBe(401);
});

test('a Basic header wins, also a wrong one', async () => {
  expect(await statusOf(ann, 'GET', '/v2/auth/users', { headers: `Authorization: ${ROOT}\r\n` })).toBe(200);
  expect(await statusOf(root, 'GET', '/v2/auth/users', { headers: `Authorization: ${ANN}\r\n` })).toBe(401);
  const wrong = `Basic ${Buffer.from('ann:no').toString('base64')}`;
  expect(await statusOf(root, 'GET', '/v2/auth/users', { headers: `Authorization: ${wrong}\r\n` })).toBe(401);
  expect(await statusOf(root, 'GET', '/v2/auth/users', { headers: 'Authorization: Basic !\r\n' })).toBe(401);
});

test.each(['TLSv1.2', 'TLSv1.3'] as const)(
  'a resumed session of %s is the same user, and nobody else',
  async (maxVersion) => {
    const { session } = await ask(ann, 'GET', '/v2/keys/ann/a', { maxVersion });
    expect(session).toBeDefined();
    const asked = { maxVersion, ...(session === undefined ? {} : { session }) };
    // Shown again by somebody with another certificate it is still the session of the first.
    for (const who of [ann, root]) {
      const { status, isResumed } = await ask(who, 'GET', '/v2/auth/users', asked);
      expect([isResumed, status]).toEqual([true, 401]);
    }
    expect(await ask(ann, 'PUT', '/v2/keys/ann/b', asked)).toMatchObject({ isResumed: true });
  },
);

describe('through a proxy whose certificate is that of root', () => {
  const through = (who: CertificateFiles, method: string, path: string, more: Asked = {}): Promise<number> =>
    statusOf(who, method, path, { port: proxy.port, ...more });

  test('nobody is root, and nobody is who their certificate says', async () => {
    for (const who of [root, ann, stranger]) {
      expect(await through(who, 'GET', '/v2/auth/users')).toBe(401);
      expect(await through(who, 'GET', '/v2/keys/ann/a')).toBe(401);
      expect(await through(who, 'GET', '/v2/keys/open')).toBe(404);
    }
  });

  test('a Basic header says who it is', async () => {
    expect(await through(stranger, 'GET', '/v2/keys/ann/a', { headers: `Authorization: ${ANN}\r\n` })).toBe(200);
    expect(await through(stranger, 'GET', '/v2/auth/users', { headers: `Authorization: ${ROOT}\r\n` })).toBe(200);
    expect(await through(root, 'GET', '/v2/auth/users', { headers: `Authorization: ${ANN}\r\n` })).toBe(401);
  });

  test.each([
    'Connection: X-Forwarded-For, Via, Forwarded\r\n',
    'Connection: content-length\r\n',
    'X-Forwarded-For:\r\n',
    'X-Forwarded-For: \r\nVia: \r\nConnection: via\r\n',
  ])('%j lends it nothing', async (headers) => {
    const hidden = 'GET /v2/auth/users HTTP/1.1\r\nHost: x\r\n\r\n';
    for (const body of ['', hidden, `PUT /v2/keys/stolen HTTP/1.1\r\nHost: x\r\n\r\n`]) {
      expect(await through(stranger, 'DELETE', '/v2/keys/ann/a', { headers, body })).toBe(401);
      expect(await through(stranger, 'GET', '/v2/keys/ann/a', { headers, body })).toBe(401);
    }
    expect(await statusOf(root, 'GET', '/v2/keys/stolen')).toBe(404);
  });
});
