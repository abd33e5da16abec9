import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { answerClient, answerPeer } from '../../src/standby/answers';
import { ask } from '../api/apiUnderTest';

let server: Server;
let leaderURLs: readonly string[];
let port: number;

beforeEach(async () => {
  leaderURLs = ['https://leader:4002', 'http://leader:4001'];
  server = createServer((request, response) => {
    answerClient(request, response, { leaderURLs, metrics: () => 'some 1\n' });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  port = (server.address() as AddressInfo).port;
});
afterEach(() => new Promise((resolve) => server.close(resolve)));

test.each([
  ['GET', '/v2/keys/a%2Fb?wait=true&x=%20'],
  ['PUT', '/v2/keys/foo'],
  ['DELETE', '/v2/keys/foo?recursive=true'],
  ['GET', '/version'],
  ['GET', '//evil.example/x'],
])('%s %s is the leader’s', async (method, path) => {
  const { status, headers, body } = await ask(port, method, path, method === 'PUT' ? 'value=1' : '');
  expect([status, headers.location, body]).toEqual([307, `http://leader:4001${path}`, '']);
});

test('a target that names another host is no way round', async () => {
  expect((await ask(port, 'GET', 'http://evil.example/x')).status).toBe(400);
});

test('without a leader clients hear 402', async () => {
  leaderURLs = [];
  const { status, headers, body } = await ask(port, 'GET', '/v2/keys/foo');
  expect([status, headers['content-type']]).toEqual([400, 'application/json']);
  expect(JSON.parse(body)).toMatchObject({ errorCode: 402, message: 'Standby Internal Error', index: 0 });
});

test('probes and metrics are of this process', async () => {
  expect((await ask(port, 'GET', '/livez')).status).toBe(200);
  expect((await ask(port, 'GET', '/readyz?verbose')).status).toBe(200);
  expect((await ask(port, 'GET', '/metrics')).body).toBe('some 1\n');
  leaderURLs = [];
  expect((await ask(port, 'GET', '/livez')).status).toBe(200);
  expect((await ask(port, 'GET', '/readyz')).status).toBe(503);
});

test('who came without TLS is sent to where there is only that, and who came over TLS to nothing else', async () => {
  leaderURLs = ['https://leader:4002'];
  expect((await ask(port, 'GET', '/x')).headers.location).toBe('https://leader:4002/x');
  leaderURLs = ['http://leader:4001', 'https://leader:4002'];
  expect(overTls('/v2/keys/a')).toMatchObject({ status: 307, location: 'https://leader:4002/v2/keys/a' });
  leaderURLs = ['http://leader:4001'];
  expect(overTls('/v2/keys/a')).toMatchObject({ status: 400, location: undefined });
  expect(overTls('/v2/keys/a').body).toContain('no https URL for clients');
});

function overTls(url: string) {
  const written: { status?: number; location?: unknown; body?: unknown } = {};
  const request = { url, method: 'GET', socket: { encrypted: true }, resume: () => undefined };
  const response = {
    writeHead: (status: number, headers: readonly string[]) => {
      [written.status, written.location] = [status, headers[0] === 'Location' ? headers[1] : undefined];
      return { end: (body: unknown) => void (written.body = body) };
    },
  };
  answerClient(request as unknown as IncomingMessage, response as unknown as ServerResponse, {
    leaderURLs,
    metrics: () => '',
  });
  return written;
}

test('the peer port has nothing but which cluster it waits for', async () => {
  server.removeAllListeners('request');
  server.on('request', (request, response) => {
    answerPeer(request, response, 'c1');
  });
  for (const [method, path] of [
    ['GET', '/members'],
    ['POST', '/standby'],
    ['GET', '/standbys'],
    ['GET', '//evil.example/standby'],
  ] as const) {
    expect((await ask(port, method, path)).status).toBe(404);
  }
  const { status, body } = await ask(port, 'GET', '/standby');
  expect([status, JSON.parse(body)]).toEqual([200, { waitsFor: 'c1' }]);
});
