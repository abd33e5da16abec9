import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { answerClient, answerNotFound } from '../../src/standby/answers';
import { ask } from '../api/apiUnderTest';

let server: Server;
let leaderURL: string | undefined;
let port: number;

beforeEach(async () => {
  leaderURL = 'http://leader:4001';
  server = createServer((request, response) => {
    answerClient(request, response, { leaderURL, metrics: () => 'some 1\n' });
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
  leaderURL = undefined;
  const { status, headers, body } = await ask(port, 'GET', '/v2/keys/foo');
  expect([status, headers['content-type']]).toEqual([400, 'application/json']);
  expect(JSON.parse(body)).toMatchObject({ errorCode: 402, message: 'Standby Internal Error', index: 0 });
});

test('probes and metrics are of this process', async () => {
  expect((await ask(port, 'GET', '/livez')).status).toBe(200);
  expect((await ask(port, 'GET', '/readyz?verbose')).status).toBe(200);
  expect((await ask(port, 'GET', '/metrics')).body).toBe('some 1\n');
  leaderURL = undefined;
  expect((await ask(port, 'GET', '/livez')).status).toBe(200);
  expect((await ask(port, 'GET', '/readyz')).status).toBe(503);
});

test('the peer port has nothing', async () => {
  server.removeAllListeners('request');
  server.on('request', answerNotFound);
  expect((await ask(port, 'GET', '/members')).status).toBe(404);
});
