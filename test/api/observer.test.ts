import type { ApiObserver } from '../../src/api/observer';
import { MemberError } from '../../src/member/types';
import { connect } from 'node:net';
import type { ApiUnderTest } from './apiUnderTest';
import { addUser, basic, enableAuth, setGuest } from './auth/userWith';
import { ask, startUnderTest, until } from './apiUnderTest';
import { keyError } from './fakeMember';

let seen: string[];
let nowMs: number;
let api: ApiUnderTest;

/** Writes down what it is told; its clock goes on by 5 ms each time somebody looks. */
function observer(): ApiObserver {
  return {
    nowMs: () => (nowMs += 5),
    keyRequest: (method, kind) => ({
      received: () => seen.push(`${method} ${kind}`),
      succeeded: (elapsedMs) => seen.push(`ok ${elapsedMs}`),
      failed: (status, elapsedMs) => seen.push(`${status} ${elapsedMs}`),
    }),
    watchOpened: (stream) => seen.push(`opened ${stream}`),
    watchClosed: (stream) => seen.push(`closed ${stream}`),
    watchEventSent: () => seen.push('event'),
    accessRefused: (reason) => seen.push(`refused ${reason}`),
    healthChecked: (healthy) => seen.push(`healthy ${healthy}`),
  };
}

beforeEach(async () => {
  seen = [];
  nowMs = 0;
  api = await startUnderTest({ observer: observer() });
});

afterEach(async () => {
  await api.server.close(100);
});

test.each([
  ['GET', '/a', undefined, 'GET get'],
  ['HEAD', '/a', undefined, 'HEAD get'],
  ['GET', '/a?quorum=true', undefined, 'GET quorumGet'],
  ['PUT', '/a', 'value=1', 'PUT set'],
  ['PUT', '/a?prevExist=false', 'value=1', 'PUT create'],
  ['PUT', '/a?prevExist=true', 'value=1', 'PUT update'],
  ['PUT', '/a?prevValue=x', 'value=1', 'PUT compareAndSwap'],
  ['POST', '/a', 'value=1', 'POST create'],
  ['DELETE', '/a', undefined, 'DELETE delete'],
  ['DELETE', '/a?prevIndex=4', undefined, 'DELETE compareAndDelete'],
])('%s %s is told with its kind and duration', async (method, target, body, kind) => {
  await ask(api.clientPort, method, `/v2/keys${target}`, body);
  await until(() => seen.length === 2);
  expect(seen).toEqual([kind, 'ok 5']);
});

test('a right that turns out not to be for what is there is told as any other that is missing', async () => {
  await setGuest(api.member, [], []);
  await addUser(api.member, 'reader', 'pw', { read: ['/app/*'] });
  await enableAuth(api.member);
  for (const path of ['/v2/keys/app/', '/v2/keys/app/?wait=true', '/v1/keys/app/', '/v1/watch/app/']) {
    seen = [];
    expect((await ask(api.clientPort, 'GET', path, undefined, basic('reader', 'pw'))).status).toBe(401);
    expect(seen.filter((each) => each.startsWith('refused'))).toEqual(['refused denied']);
  }
});

test('a refusal is told with its status', async () => {
  api.member.onGet = () => keyError(100, '/a');
  await ask(api.clientPort, 'GET', '/v2/keys/a');
  api.member.onPropose = () => Promise.reject(new MemberError('timeout', 'too late'));
  await ask(api.clientPort, 'PUT', '/v2/keys/a', 'value=1');
  await until(() => seen.length === 4);
  expect(seen).toEqual(['GET get', '404 5', 'PUT set', '500 5']);
});

test.each([
  ['busy', 503],
  ['noSpace', 507],
] as const)('a failure %s is told with the status that it is answered with', async (reason, status) => {
  api.member.onPropose = () => Promise.reject(new MemberError(reason, reason));
  const answers = [
    await ask(api.clientPort, 'PUT', '/v2/keys/a', 'value=1'),
    await ask(api.clientPort, 'PUT', '/v1/keys/a', 'value=1'),
  ];
  expect(answers.map((answer) => answer.status)).toEqual([status, status]);
  await until(() => seen.length === 4);
  expect(seen).toEqual(['PUT set', `${status} 5`, 'PUT set', `${status} 5`]);
});

test.each([
  ['GET', '/v2/keys/a', undefined, 'GET get'],
  ['GET', '/v2/keys/a?quorum=true', undefined, 'GET quorumGet'],
  ['GET', '/v2/keys/a?wait=true', undefined, 'GET watch'],
  ['PUT', '/v2/keys/a', 'value=1', 'PUT set'],
  ['GET', '/v1/keys/a', undefined, 'GET get'],
  ['GET', '/v1/watch/a', undefined, 'GET watch'],
  ['PUT', '/v1/keys/a', 'value=1', 'PUT set'],
])('what nobody foresaw of a %s %s that was begun is told as a failure', async (method, target, body, kind) => {
  const fail = (): never => {
    throw new Error('nobody foresaw this');
  };
  api.member.onGet = fail;
  api.member.watch = fail;
  api.member.onPropose = fail;
  expect((await ask(api.clientPort, method, target, body)).status).toBe(500);
  await until(() => seen.length === 2);
  expect(seen).toEqual([kind, '500 5']);
});

test('a request that makes no sense is not told', async () => {
  await ask(api.clientPort, 'GET', '/v2/keys/a?recursive=perhaps');
  expect(seen).toEqual([]);
});

test('a watch is told when it begins, has an event and ends', async () => {
  const socket = connect(api.clientPort, '127.0.0.1');
  socket.resume();
  socket.write('GET /v2/keys/a?wait=true&stream=true HTTP/1.1\r\nHost: x\r\n\r\n');
  await until(() => seen.includes('opened true'));
  const event = api.member.onGet('/a');
  api.member.watches[0]?.listener(event.ok ? event : undefined);
  socket.destroy();
  await until(() => seen.includes('closed true'));
  expect(seen).toEqual(['GET watch', 'opened true', 'event', 'closed true']);
});

test('a watch that is refused has failed', async () => {
  api.member.watchError = keyError(401, 'the past is gone');
  await ask(api.clientPort, 'GET', '/v2/keys/a?wait=true&waitIndex=1');
  await ask(api.clientPort, 'POST', '/v1/watch/a', 'index=1');
  expect(seen).toEqual(['GET watch', '400 5', 'GET watch', '400 5']);
});

test('health checks are told', async () => {
  await ask(api.clientPort, 'GET', '/health');
  api.member.onBarrier = () => Promise.reject(new MemberError('timeout', 'too late'));
  await ask(api.clientPort, 'GET', '/health');
  expect(seen).toEqual(['healthy true', 'healthy false']);
});

test('a port for metrics has metrics and health, and nothing of the API', async () => {
  await api.server.close(100);
  const metrics = { contentType: 'text/plain', metrics: () => Promise.resolve('a 1\n') };
  api = await startUnderTest({ metrics, metricsAddresses: [{ host: '127.0.0.1', port: 0 }] });
  const port = api.server.metricsAddresses[0]?.port ?? 0;
  const statuses = ['/metrics', '/health', '/livez', '/readyz', '/version', '/v2/keys/a', '/v2/members', '/'].map(
    async (path) => [path, (await ask(port, 'GET', path)).status],
  );
  expect(await Promise.all(statuses)).toEqual([
    ...['/metrics', '/health', '/livez', '/readyz', '/version'].map((path) => [path, 200]),
    ...['/v2/keys/a', '/v2/members', '/'].map((path) => [path, 404]),
  ]);
});
