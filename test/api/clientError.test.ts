import { connect } from 'node:net';
import { ConnectionPlaces } from '../../src/api/connectionPlaces';
import type { KeyResult } from '../../src/machine/keyspace/event';
import type { ApiUnderTest } from './apiUnderTest';
import { ask, sendRaw, startUnderTest, until } from './apiUnderTest';
import { event, node } from './fakeMember';

let api: ApiUnderTest | undefined;

afterEach(async () => {
  await api?.server.close(100);
  api = undefined;
});

test('what is not HTTP gets 400 and the connection ends', async () => {
  api = await startUnderTest();
  expect(await sendRaw(api.clientPort, 'NONSENSE\r\n\r\n')).toBe(
    'HTTP/1.1 400 Bad Request\r\nContent-Type: text/plain; charset=utf-8\r\nConnection: close\r\n\r\n400 Bad Request',
  );
  expect(api.logged.some(({ level }) => level === 20)).toBe(true);
  expect((await ask(api.clientPort, 'GET', '/version')).status).toBe(200);
});

test('headers beyond the limit get 431, headers within it are fine', async () => {
  api = await startUnderTest({ maxHeaderBytes: 20_000 });
  const text = await sendRaw(api.clientPort, `GET / HTTP/1.1\r\nHost: x\r\nX-Long: ${'x'.repeat(30_000)}\r\n\r\n`);
  expect(text).toMatch(/^HTTP\/1.1 431 Request Header Fields Too Large\r\n/);
  const answer = await ask(api.clientPort, 'GET', `/v2/keys/${'k'.repeat(18_000)}`);
  expect(answer.status).toBe(200);
});

test('a client that does not finish its headers is given up', async () => {
  api = await startUnderTest({ headerTimeoutMs: 100 });
  expect(await sendRaw(api.clientPort, 'GET / HTTP/1.1\r\nHost: x\r\n')).toMatch(/^HTTP\/1.1 408 /);
});

test('a client that does not finish its body is given up, and nothing was written', async () => {
  api = await startUnderTest({ headerTimeoutMs: 100, bodyTimeoutMs: 100 });
  const head = 'PUT /v2/keys/a HTTP/1.1\r\nHost: x\r\nContent-Type: application/x-www-form-urlencoded\r\n';
  expect(await sendRaw(api.clientPort, `${head}Content-Length: 20\r\n\r\nvalue=`)).toMatch(/^HTTP\/1.1 408 /);
  expect(api.member.commands).toEqual([]);
});

test('a body that breaks while a watch is answered cuts the answer instead of garbling it', async () => {
  api = await startUnderTest();
  const head = 'GET /v2/keys/a?wait=true HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n';
  const text = await sendRaw(api.clientPort, `${head}NONSENSE\r\n\r\n`);
  expect(text.match(/HTTP\/1\.1 /g)).toHaveLength(1);
  expect(text).toMatch(/^HTTP\/1.1 200 OK/);
});

test('nonsense behind a write in flight is refused when that was answered', async () => {
  api = await startUnderTest();
  let finish: (result: KeyResult) => void = () => undefined;
  api.member.onPropose = () =>
    new Promise((resolve) => {
      finish = resolve;
    });
  const answered = sendRaw(api.clientPort, 'PUT /v2/keys/a HTTP/1.1\r\nHost: x\r\n\r\nNONSENSE\r\n\r\n');
  await until(() => api?.member.commands.length === 1);
  await new Promise((resolve) => setTimeout(resolve, 50));
  finish(event({ action: 'set', node: node({ key: '/a', value: '' }) }));
  expect((await answered).match(/HTTP\/1\.1 \d+/g)).toEqual(['HTTP/1.1 201', 'HTTP/1.1 400']);
  expect(api.member.commands).toHaveLength(1);
  expect(api.logged.filter(({ level }) => Number(level) >= 40)).toEqual([]);
});

test('a connection that asks for nothing is not answered', async () => {
  api = await startUnderTest({ headerTimeoutMs: 100 });
  const socket = connect(api.clientPort, '127.0.0.1');
  let text = '';
  socket.on('data', (chunk) => {
    text += chunk.toString('latin1');
  });
  let isClosed = false;
  socket.on('close', () => {
    isClosed = true;
  });
  await new Promise((resolve) => setTimeout(resolve, 2500));
  expect([text, isClosed]).toEqual(['', false]);
  socket.write('GET /version HTTP/1.1\r\nHost: x\r\n\r\n');
  await until(() => text.includes('200 OK'));
  // The time counts from the first byte of the next one on.
  socket.write('GET /ver');
  await until(() => text.includes('408 Request Timeout'));
  await until(() => isClosed);
});

test('whatever a client does after an error, its connection is gone soon', async () => {
  const logger = { warn: () => undefined };
  const places = new ConnectionPlaces({ served: 100, waiting: 0, logger, nowMs: () => performance.now() });
  api = await startUnderTest({ headerTimeoutMs: 100, places });
  const { clientPort } = api;
  const starts = [
    'GET / HTTP/1.1\r\nHo',
    'NONSENSE\r\n\r\n',
    'GET /a HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n',
    'CONNECT a:1 HTTP/1.1\r\n\r\n',
  ];
  const sockets = Array.from({ length: 40 }, (_value, position) => {
    // Neither reads nor closes its half.
    const socket = connect({ port: clientPort, host: '127.0.0.1', allowHalfOpen: true });
    socket.on('error', () => undefined);
    socket.pause();
    socket.write(starts[position % starts.length]!);
    return socket;
  });
  await until(() => places.report().served >= 10);
  await new Promise((resolve) => setTimeout(resolve, 2500));
  await until(() => places.report().served === 0);
  for (const socket of sockets) socket.destroy();
});
