import { once } from 'node:events';
import { request, type RequestOptions } from 'node:https';
import { request as plainRequest } from 'node:http';
import { connect, type ConnectionOptions, type TLSSocket } from 'node:tls';
import { freePlace, startInProcess, type InProcess } from '../support/inProcess';
import { stablePort } from '../support/ports';
import { makePki, type CertificateFiles, type Pki } from './support/pki';

let pki: Pki;
let server: CertificateFiles;
let alice: CertificateFiles;
let member: InProcess;
let metricsPort: number;

beforeAll(async () => {
  pki = await makePki();
  [server, alice] = await Promise.all([pki.issue('server'), pki.issue('alice')]);
  const place = await freePlace();
  metricsPort = await stablePort();
  member = await startInProcess(
    'all',
    [
      `--listen-client-urls=https://127.0.0.1:${place.port}`,
      `--advertise-client-urls=https://127.0.0.1:${place.port}`,
      `--listen-peer-urls=https://127.0.0.1:${place.peerPort}`,
      `--initial-advertise-peer-urls=https://127.0.0.1:${place.peerPort}`,
      `--listen-metrics-urls=https://127.0.0.1:${metricsPort}`,
      ...[`--cert-file=${server.certFile}`, `--key-file=${server.keyFile}`],
      ...[`--trusted-ca-file=${pki.caFile}`, '--client-cert-auth', `--client-crl-file=${await pki.revoke([], 7)}`],
      ...[`--peer-cert-file=${server.certFile}`, `--peer-key-file=${server.keyFile}`],
      ...[`--peer-trusted-ca-file=${pki.caFile}`, '--peer-client-cert-auth'],
    ],
    place,
  );
});

afterAll(async () => {
  await member.stop();
  pki.remove();
});

interface Answer {
  readonly status: number;
  readonly text: string;
}

function ask(port: number, path: string, options: RequestOptions = {}, body?: string): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const asked = request(
      {
        host: '127.0.0.1',
        port,
        path,
        ca: pki.ca.certificate,
        agent: false,
        ...(body === undefined ? {} : { headers: { 'Content-Type': 'application/x-www-form-urlencoded' } }),
        ...options,
      },
      (response) => {
        let text = '';
        response.setEncoding('utf8');
        response.on('data', (piece: string) => (text += piece));
        response.on('end', () => {
          resolve({ status: response.statusCode ?? 0, text });
        });
      },
    );
    asked.on('error', reject);
    asked.end(body);
  });
}

const asAlice = (): RequestOptions => ({ cert: alice.certificate, key: alice.key });

function connected(): TLSSocket {
  const { certificate: cert, key } = alice;
  const options: ConnectionOptions & { allowHalfOpen: boolean } = {
    ...{ host: '127.0.0.1', port: member.port, ca: pki.ca.certificate, cert, key },
    allowHalfOpen: true,
  };
  return connect(options);
}

test('serves keys to a client with a certificate', async () => {
  const written = await ask(member.port, '/v2/keys/a', { ...asAlice(), method: 'PUT' }, 'value=b');
  expect(written.status).toBe(201);
  expect(await ask(member.port, '/v2/keys/a', asAlice())).toMatchObject({ status: 200 });
});

test.each([
  ['client', () => member.port, '/v2/keys/'],
  ['peer', () => Number(new URL(member.peerUrl).port), '/members'],
  ['metrics', () => metricsPort, '/metrics'],
])('the %s port serves nobody without a certificate', async (_, port, path) => {
  await expect(ask(port(), path)).rejects.toThrow(/alert|socket hang up|ECONNRESET/);
  expect(await ask(port(), path, asAlice())).toMatchObject({ status: 200 });
});

test('tells when certificates end, and when lists of revoked ones do', async () => {
  const { text } = await ask(metricsPort, '/metrics', asAlice());
  const daysLeft = (name: string): string[] =>
    [...text.matchAll(new RegExp(`^${name}\\{listener="(\\w+)"\\} ([\\d.e+]+)$`, 'gm'))].map(
      ([, listener, seconds]) => `${listener} ${Math.round(Number(seconds) / 86_400)}`,
    );
  expect(daysLeft('etcd_tls_certificate_expiry_seconds')).toEqual(['client 365', 'peer 365']);
  expect(daysLeft('etcd_tls_revocations_expiry_seconds')).toEqual(['client 7']);
});

test('answers a plain request with words', async () => {
  const text = await new Promise<string>((resolve, reject) => {
    const asked = plainRequest({ host: '127.0.0.1', port: member.port, path: '/version', agent: false }, (response) => {
      response.setEncoding('utf8');
      let body = String(response.statusCode);
      response.on('data', (piece: string) => (body += ` ${piece}`));
      response.on('end', () => {
        resolve(body);
      });
    });
    asked.on('error', reject);
    asked.end();
  });
  expect(text).toBe('400 Client sent an HTTP request to an HTTPS server.\n');
});

test('a client that closes its half after a whole request gets its answer', async () => {
  const socket = connected();
  let text = '';
  socket.setEncoding('utf8');
  socket.on('data', (piece: string) => (text += piece));
  await once(socket, 'secureConnect');
  socket.end('GET /version HTTP/1.1\r\nHost: a\r\n\r\n');
  await once(socket, 'close');
  expect(text).toMatch(/^HTTP\/1\.1 200 OK\r\n/);
});

test('requests of one connection are answered in order', async () => {
  const socket = connected();
  let text = '';
  socket.setEncoding('utf8');
  socket.on('data', (piece: string) => (text += piece));
  await once(socket, 'secureConnect');
  const get = (path: string, more = ''): string => `GET ${path} HTTP/1.1\r\nHost: a\r\n${more}\r\n`;
  socket.write(get('/version') + get('/nowhere') + get('/version') + get('/nowhere', 'Connection: close\r\n'));
  await once(socket, 'end');
  socket.end();
  expect([...text.matchAll(/HTTP\/1\.1 (\d+)/g)].map(([, status]) => status)).toEqual(['200', '404', '200', '404']);
});
