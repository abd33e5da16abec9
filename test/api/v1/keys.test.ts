import { connect } from 'node:net';
import { LEVELS_MAX } from '../../../src/machine/commandRules';
import { MemberError } from '../../../src/member/types';
import { ask, startUnderTest, until, type ApiUnderTest } from '../apiUnderTest';
import { event, keyError, node, NOW_MS } from '../fakeMember';

let api: ApiUnderTest;
beforeEach(async () => {
  api = await startUnderTest({ maxRequestBytes: 1000 });
});
afterEach(() => api.server.close(100));

const put = (body: string, path = '/v1/keys/a') => ask(api.clientPort, 'PUT', path, body);

test.each([
  ['value=1', { type: 'set', value: '1', expirationMs: undefined }],
  ['value=1&ttl=5', { type: 'set', expirationMs: NOW_MS + 5000 }],
  ['value=1&prevValue=', { type: 'create', inOrder: false }],
  ['value=1&prevValue=0', { type: 'compareAndSwap', prevValue: '0', prevIndex: 0n }],
  ['value=1&ttl=0', { type: 'delete', recursive: false }],
  // A comparison comes first; what it leaves ends at once.
  ['value=1&prevValue=0&ttl=-3', { type: 'compareAndSwap', expirationMs: NOW_MS }],
])('%s is a command of the key space', async (body, command) => {
  await put(body);
  expect(api.member.commands).toMatchObject([{ path: '/a', nowMs: NOW_MS, ...command }]);
});

test('a key with more levels than there can be is not there, and is not set', async () => {
  const path = `/v1/keys${'/a'.repeat(LEVELS_MAX + 1)}`;
  expect(await ask(api.clientPort, 'DELETE', path)).toMatchObject({
    status: 404,
    body: expect.stringContaining('"errorCode":100') as string,
  });
  expect(await put('value=1', path)).toMatchObject({
    status: 400,
    body: expect.stringContaining(`a key has at most ${LEVELS_MAX} levels`) as string,
  });
  expect(api.member.commands).toEqual([]);
});

test('a new key has at most 8,192 bytes, and nobody waits for a longer one (divergence key-length)', async () => {
  const key = 'k'.repeat(8192);
  expect(await put('value=1', `/v1/keys/${key}`)).toMatchObject({
    status: 400,
    body: expect.stringContaining('a key has at most 8192 bytes') as string,
  });
  expect(await ask(api.clientPort, 'GET', `/v1/watch/${key}`)).toMatchObject({
    status: 400,
    body: expect.stringContaining('a key has at most 8192 bytes') as string,
  });
  await put('value=1', `/v1/keys/${key.slice(1)}`);
  expect(api.member.commands).toHaveLength(1);
});

test('a body beyond the limit changes nothing', async () => {
  const { status, body } = await put(`value=${'x'.repeat(1000)}`);
  expect(status).toBe(400);
  expect(body).toContain('"cause":"Set: http: POST too large"');
  expect(api.member.commands).toEqual([]);
});

test('a body that does not come whole changes nothing', async () => {
  const socket = connect(api.clientPort, '127.0.0.1');
  socket.on('error', () => undefined);
  const head = 'PUT /v1/keys/a HTTP/1.1\r\nHost: x\r\nContent-Type: application/x-www-form-urlencoded\r\n';
  socket.write(`${head}Content-Length: 100\r\n\r\nvalue=1`);
  await new Promise((resolve) => setTimeout(resolve, 50));
  socket.destroy();
  await new Promise((resolve) => setTimeout(resolve, 50));
  expect(api.member.commands).toEqual([]);
});

test('a member without a leader says so, as a failure of v1', async () => {
  api.member.onPropose = () => Promise.reject(new MemberError('noLeader', 'no leader'));
  const { status, body } = await put('value=1');
  expect([status, body]).toEqual([
    500,
    '{"errorCode":300,"message":"Raft Internal Error","cause":"etcdserver: no leader"}\n',
  ]);
});

test('what nobody foresaw is a 500, and is logged once', async () => {
  api.member.onPropose = () => Promise.reject(new Error('unforeseen'));
  expect((await put('value=1')).status).toBe(500);
  expect(api.logged.filter(({ msg }) => msg === 'a request failed unexpectedly')).toHaveLength(1);
});

test('history that is gone is told with the key', async () => {
  api.member.watchError = keyError(401, 'cleared');
  const { status, body } = await ask(api.clientPort, 'POST', '/v1/watch/a', 'index=1');
  expect([status, body]).toEqual([400, '{"errorCode":500,"message":"Client Internal Error","cause":"/a"}\n']);
});

test('a watch answers nothing before its event, and then all of it', async () => {
  const answered = ask(api.clientPort, 'GET', '/v1/watch/a');
  await until(() => api.member.watches.length === 1);
  const [watch] = api.member.watches;
  expect(watch).toMatchObject({ path: '/a', options: { recursive: true, stream: false, sinceIndex: 0 } });
  watch!.listener(event({ action: 'create', node: node({ key: '/a/b', value: '1', modifiedIndex: 9 }) }));
  expect(await answered).toMatchObject({
    status: 200,
    body: '{"action":"SET","key":"/a/b","value":"1","newKey":true,"index":9}',
  });
  expect(watch!.cancelled).toBe(true);
});

test('a client that goes away is not waited for', async () => {
  const socket = connect(api.clientPort, '127.0.0.1');
  socket.write('GET /v1/watch/a HTTP/1.1\r\nHost: x\r\n\r\n');
  await until(() => api.member.watches.length === 1);
  socket.destroy();
  await until(() => api.member.watches[0]!.cancelled);
});

test('a server that stops cuts its watches: the end is no answer', async () => {
  const broken = expect(ask(api.clientPort, 'GET', '/v1/watch/a')).rejects.toThrow();
  await until(() => api.member.watches.length === 1);
  await api.server.close(1000);
  await broken;
});

test('a large directory is listed a slice at a time', async () => {
  const children = Array.from({ length: 20_000 }, (_, index) => node({ key: `/d/${index}`, value: 'x'.repeat(100) }));
  let slices = 0;
  api.member.onGet = (key) =>
    event({
      node: node({ key, dir: true }),
      listing: (function* () {
        for (const view of children) {
          if (slices++ % 100 === 0) yield { type: 'pause' } as const;
          yield { type: 'node', view } as const;
        }
      })(),
    });
  const { body } = await ask(api.clientPort, 'GET', '/v1/keys/d');
  expect((JSON.parse(body) as unknown[]).length).toBe(children.length);
});

test('a directory that is set where nothing shall be is not listed to see that it is one', async () => {
  api.member.onPropose = (command) => Promise.resolve(keyError(105, command.path));
  api.member.onGet = (key) => event({ node: node({ key, dir: true, nodes: [node({ key: `${key}/b` })] }) });
  const { status, body } = await put('value=1&prevValue=');
  expect([status, JSON.parse(body)]).toEqual([400, { errorCode: 102, message: 'Not A File', cause: '/a' }]);
  expect(api.member.reads).toEqual([]);
});

test('what is looked up to say why nothing was written counts as no read', async () => {
  api.member.onPropose = (command) => Promise.resolve(keyError(105, command.path));
  expect((await put('value=1&prevValue=')).status).toBe(400);
  expect(api.member.reads).toEqual([]);
});

test('pages of other sites cannot write, and values are no pages', async () => {
  const { headers } = await ask(api.clientPort, 'GET', '/v1/keys/a');
  expect(headers).toMatchObject({ 'content-type': 'text/plain; charset=utf-8', 'x-content-type-options': 'nosniff' });
  const foreign = { origin: 'https://evil.example.com' };
  expect((await ask(api.clientPort, 'POST', '/v1/keys/a', 'value=1', foreign)).status).toBe(403);
  expect(api.member.commands).toEqual([]);
});

test('what a comparison found is written while it is sent, if it is long', async () => {
  const value = '\x01'.repeat(1024 * 1024);
  api.member.onPropose = () => Promise.resolve(keyError(101, `[a != ${value}]`));
  const { status, headers, body } = await put('value=b&prevValue=a');
  expect(status).toBe(400);
  // Made at once it would say how long it is.
  expect(headers['content-length']).toBeUndefined();
  expect(headers).toMatchObject({ 'content-type': 'text/plain; charset=utf-8', 'x-content-type-options': 'nosniff' });
  expect(body.endsWith('}\n')).toBe(true);
  expect(JSON.parse(body)).toEqual({
    errorCode: 101,
    message: 'The given PrevValue is not equal to the value of the key',
    cause: `TestAndSet: ${value}!=a`,
  });
});
