import { request as httpRequest } from 'node:http';
import type { ClientRequest, IncomingMessage } from 'node:http';
import { connect } from 'node:net';
import type { KeyEvent } from '../../../../src/machine/keyspace/event';
import type { ApiUnderTest } from '../../apiUnderTest';
import { ask, startUnderTest, until } from '../../apiUnderTest';
import { event, keyError, node } from '../../fakeMember';

let api: ApiUnderTest;

beforeEach(async () => {
  api = await startUnderTest();
});

afterEach(async () => {
  await api.server.close(100);
});

interface Opened {
  readonly request: ClientRequest;
  readonly response: IncomingMessage;
  text: string;
  ended: boolean;
}

/** Resolves as soon as the headers are there. */
function open(path: string): Promise<Opened> {
  return new Promise((resolve, reject) => {
    const request = httpRequest({ host: '127.0.0.1', port: api.clientPort, path, agent: false }, (response) => {
      const opened: Opened = { request, response, text: '', ended: false };
      response.on('data', (chunk: Buffer) => {
        opened.text += chunk.toString('latin1');
      });
      response.on('end', () => {
        opened.ended = true;
      });
      response.on('error', () => undefined);
      resolve(opened);
    });
    request.on('error', reject);
    request.end();
  });
}

function change(value: string): KeyEvent {
  return event({ action: 'set', node: node({ key: '/foo', value }) });
}

function line(value: string): string {
  return `{"action":"set","node":{"key":"/foo","value":"${value}","modifiedIndex":4,"createdIndex":4}}\n`;
}

test('the headers come at once, then one event, then the end', async () => {
  const opened = await open('/v2/keys/foo?wait=true&recursive=true&waitIndex=5');
  expect(opened.response.statusCode).toBe(200);
  expect(opened.response.headers).toMatchObject({
    'content-type': 'application/json',
    'transfer-encoding': 'chunked',
    'x-etcd-cluster-id': '6c3e73ee238ab33f',
    'x-etcd-index': '7',
    'x-raft-index': '21',
    'x-raft-term': '2',
  });
  const watch = api.member.watches[0]!;
  expect(watch).toMatchObject({ path: '/foo', options: { recursive: true, stream: false, sinceIndex: 5 } });
  expect(watch.cancelled).toBe(false);
  watch.listener(change('a'));
  watch.listener(change('b'));
  await until(() => opened.ended);
  expect(opened.text).toBe(line('a'));
  expect(watch.cancelled).toBe(true);
});

test('an event of the past answers at once', async () => {
  api.member.pastEvents = [change('old'), change('never shown')];
  const answer = await ask(api.clientPort, 'GET', '/v2/keys/foo?wait=true&waitIndex=1');
  expect(answer.body).toBe(line('old'));
  expect(answer.headers['x-etcd-index']).toBe('7');
});

test('a stream goes on, past first', async () => {
  api.member.pastEvents = [change('1'), change('2')];
  const opened = await open('/v2/keys/foo?wait=true&stream=true&waitIndex=1');
  const watch = api.member.watches[0]!;
  watch.listener(change('3'));
  watch.listener(change('4'));
  await until(() => opened.text.split('\n').length === 5);
  expect(opened.text).toBe(line('1') + line('2') + line('3') + line('4'));
  expect(opened.ended).toBe(false);
  watch.listener(undefined);
  await until(() => opened.ended);
});

test('a member that stops ends the answer without an event', async () => {
  const opened = await open('/v2/keys/foo?wait=true');
  api.member.watches[0]!.listener(undefined);
  await until(() => opened.ended);
  expect(opened.text).toBe('');
});

test('closing the server ends watches cleanly', async () => {
  const opened = await open('/v2/keys/foo?wait=true&stream=true');
  await api.server.close(1000);
  await until(() => opened.ended);
  expect(opened.response.complete).toBe(true);
  expect(api.member.watches[0]!.cancelled).toBe(true);
});

test('a client that goes away cancels its watch', async () => {
  const opened = await open('/v2/keys/foo?wait=true');
  opened.request.destroy();
  await until(() => api.member.watches[0]!.cancelled);
});

test('a refused watch is an ordinary error', async () => {
  api.member.watchError = keyError(401, 'the requested history has been cleared [5/1]');
  const answer = await ask(api.clientPort, 'GET', '/v2/keys/foo?wait=true&waitIndex=1');
  expect(answer.status).toBe(400);
  expect(answer.body).toContain('"errorCode":401');
});

test('a long past reaches a slow reader whole, with what happened meanwhile behind it', async () => {
  const large = 'x'.repeat(200_000);
  api.member.pastEvents = Array.from({ length: 50 }, (_, position) => change(`${position}:${large}`));
  const socket = connect(api.clientPort, '127.0.0.1');
  socket.pause();
  socket.write('GET /v2/keys/foo?wait=true&stream=true HTTP/1.1\r\nHost: x\r\n\r\n');
  await until(() => api.member.watches.length === 1);
  api.member.watches[0]!.listener(change('live'));
  let text = '';
  socket.on('data', (chunk: Buffer) => {
    text += chunk.toString('latin1');
  });
  socket.resume();
  await until(() => text.includes('"live"'));
  const values = [...text.matchAll(/"value":"(\d+):/g)].map((match) => Number(match[1]));
  expect(values).toEqual(Array.from({ length: 50 }, (_, position) => position));
  expect(text.indexOf('"live"')).toBeGreaterThan(text.lastIndexOf('49:'));
  socket.destroy();
});

test('a stream reader that does not read is cut off', async () => {
  const socket = connect(api.clientPort, '127.0.0.1');
  socket.on('error', () => undefined);
  socket.pause();
  socket.write('GET /v2/keys/foo?wait=true&stream=true HTTP/1.1\r\nHost: x\r\n\r\n');
  await until(() => api.member.watches.length === 1);
  const watch = api.member.watches[0]!;
  const large = change('x'.repeat(1_000_000));
  for (let count = 0; count < 100 && !watch.cancelled; count += 1) watch.listener(large);
  expect(watch.cancelled).toBe(true);
  socket.destroy();
});

test('many small events at once reach a reader that reads', async () => {
  const opened = await open('/v2/keys/foo?wait=true&stream=true');
  const watch = api.member.watches[0]!;
  for (let count = 0; count < 5000; count += 1) watch.listener(change('v'));
  await until(() => opened.text.length === line('v').length * 5000);
  expect(watch.cancelled).toBe(false);
});
