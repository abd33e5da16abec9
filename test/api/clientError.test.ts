import type { KeyResult } from '../../src/machine/keyspace/event';
import type { ApiUnderTest } from './apiUnderTest';
import { ask, sendRaw, startUnderTest } from './apiUnderTest';
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

test('an answer that has begun is cut, not garbled', async () => {
  api = await startUnderTest();
  const answered = sendRaw(api.clientPort, 'GET /v2/keys/a?wait=true HTTP/1.1\r\nHost: x\r\n\r\nNONSENSE\r\n\r\n');
  const text = await answered;
  expect(text.match(/HTTP\/1\.1 /g)).toHaveLength(1);
  expect(text).toMatch(/^HTTP\/1.1 200 OK/);
});

test('nonsense behind a write in flight is refused, and its late answer harms nobody', async () => {
  api = await startUnderTest();
  let finish: (result: KeyResult) => void = () => undefined;
  api.member.onPropose = () =>
    new Promise((resolve) => {
      finish = resolve;
    });
  const text = await sendRaw(api.clientPort, 'PUT /v2/keys/a HTTP/1.1\r\nHost: x\r\n\r\nNONSENSE\r\n\r\n');
  expect(text).toMatch(/^HTTP\/1\.1 400 /);
  expect(api.member.commands).toHaveLength(1);
  finish(event({ action: 'set', node: node({ key: '/a', value: '' }) }));
  expect((await ask(api.clientPort, 'GET', '/v2/keys/a')).status).toBe(200);
  expect(api.logged.filter(({ level }) => Number(level) >= 40)).toEqual([]);
});
