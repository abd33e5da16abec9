import { request as httpRequest } from 'node:http';
import { connect } from 'node:net';
import type { KeyResult } from '../../src/machine/keyspace/event';
import type { ApiUnderTest } from './apiUnderTest';
import { ask, sendRaw, startUnderTest, until } from './apiUnderTest';
import { event, node } from './fakeMember';

let api: ApiUnderTest | undefined;

afterEach(async () => {
  await api?.server.close(100);
  api = undefined;
});

test('closing lets a request in flight finish and ends idle connections', async () => {
  api = await startUnderTest();
  let finish: (result: KeyResult) => void = () => undefined;
  api.member.onPropose = () =>
    new Promise((resolve) => {
      finish = resolve;
    });
  const idle = connect(api.clientPort, '127.0.0.1');
  idle.write('GET /version HTTP/1.1\r\nHost: x\r\n\r\n');
  await new Promise((resolve) => idle.once('data', resolve));
  const idleClosed = new Promise((resolve) => idle.once('close', resolve));
  const answer = ask(api.clientPort, 'PUT', '/v2/keys/foo', 'value=1', { connection: 'keep-alive' });
  await until(() => api?.member.commands.length === 1);
  let isClosed = false;
  const closed = api.server.close(5000).then(() => {
    isClosed = true;
  });
  await idleClosed;
  expect(isClosed).toBe(false);
  finish(event({ action: 'set', node: node({ key: '/foo', value: '1' }) }));
  expect((await answer).status).toBe(201);
  await closed;
});

test('closing cuts what is still open at the deadline', async () => {
  api = await startUnderTest();
  api.member.onPropose = () => new Promise(() => undefined);
  const answer = ask(api.clientPort, 'PUT', '/v2/keys/foo', 'value=1').catch((error: unknown) => error);
  await until(() => api?.member.commands.length === 1);
  await api.server.close(50);
  expect(await answer).toMatchObject({ code: 'ECONNRESET' });
});

test('a client that is gone when its answer comes harms nobody', async () => {
  api = await startUnderTest();
  let finish: (result: KeyResult) => void = () => undefined;
  api.member.onPropose = () =>
    new Promise((resolve) => {
      finish = resolve;
    });
  const request = httpRequest({ host: '127.0.0.1', port: api.clientPort, method: 'PUT', path: '/v2/keys/a' });
  request.on('error', () => undefined);
  request.end();
  await until(() => api?.member.commands.length === 1);
  request.destroy();
  await new Promise((resolve) => setTimeout(resolve, 50));
  finish(event({ action: 'set', node: node({ key: '/a', value: '' }) }));
  expect((await ask(api.clientPort, 'GET', '/v2/keys/a')).status).toBe(200);
  expect(api.logged.filter(({ level }) => Number(level) >= 40)).toEqual([]);
});

test('upgrades on the peer port go to their owner', async () => {
  const paths: (string | undefined)[] = [];
  api = await startUnderTest({
    onPeerUpgrade: (request, socket) => {
      paths.push(request.url);
      socket.end('HTTP/1.1 101 Switching Protocols\r\n\r\nhello');
    },
  });
  const text = await sendRaw(
    api.peerPort,
    'GET /link HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: link\r\n\r\n',
  );
  expect(text).toContain('hello');
  expect(paths).toEqual(['/link']);
});

test('closing lets an answer reach a client that reads it slowly, and ends a client that has asked for nothing', async () => {
  api = await startUnderTest();
  const value = 'x'.repeat(20_000_000);
  api.member.onGet = () => event({ node: node({ key: '/a', value }) });
  const silent = connect(api.clientPort, '127.0.0.1');
  const silentClosed = new Promise((resolve) => silent.once('close', resolve));
  const socket = connect(api.clientPort, '127.0.0.1');
  let taken = 0;
  socket.pause();
  socket.on('data', (chunk: Buffer) => {
    taken += chunk.length;
  });
  const ended = new Promise((resolve) => socket.once('end', resolve));
  socket.write('GET /v2/keys/a HTTP/1.1\r\nHost: x\r\n\r\n');
  await until(() => (api?.server.clientTraffic().sentBytes ?? 0) > 0);
  const closed = api.server.close(5000);
  await silentClosed;
  socket.resume();
  await ended;
  expect(taken).toBeGreaterThan(value.length);
  await closed;
});
