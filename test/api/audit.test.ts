import { connect } from 'node:net';
import { AuditTrail } from '../../src/api/audit';
import { callerOf, setUser } from '../../src/api/http/caller';
import { MemberError } from '../../src/member/types';
import { basic, enableAuth } from './auth/userWith';
import { ANY_NAME, ask, sendRaw, startUnderTest, TOKEN, until, type ApiUnderTest } from './apiUnderTest';
import { event, keyError, node, NOW_MS } from './fakeMember';

let api: ApiUnderTest;
let lines: Record<string, unknown>[];

beforeEach(async () => {
  lines = [];
  const sink = (text: string): void => {
    expect(text).toMatch(/^[^\n]+\n$/);
    lines.push(JSON.parse(text) as Record<string, unknown>);
  };
  api = await startUnderTest({
    audit: new AuditTrail(sink, () => NOW_MS),
    web: { ...ANY_NAME, hosts: { whitelist: [], ownNames: ['x'] } },
    metricsAddresses: [{ host: '127.0.0.1', port: 0 }],
  });
});

afterEach(async () => {
  await api.server.close(100);
});

async function line(): Promise<Record<string, unknown>> {
  await until(() => lines.length > 0);
  return lines.shift() ?? {};
}

const WHO = { time: new Date(NOW_MS).toISOString(), address: '127.0.0.1', port: 'client' };

test('a write is a line with its key and the index at which it was done, and nothing of its value', async () => {
  api.member.onPropose = () => Promise.resolve(event({ action: 'set', node: node({ key: '/k' }), etcdIndex: 12 }));
  await ask(api.clientPort, 'PUT', '/v2/keys/a%20b/./%C3%BC?value=geheim', 'value=geheim', {
    authorization: 'Basic Z2VoZWlt',
  });
  const written = await line();
  const key = '/a b/ü';
  expect(written).toEqual({ ...WHO, method: 'PUT', path: `/v2/keys${key}`, key, result: 'ok', status: 201, index: 12 });
});

test.each([
  ['POST', '/v1/keys/a%20b/', '/a b'],
  ['PUT', '/v1/keys/%C3%BC', '/ü'],
  ['DELETE', '//v1/keys/./a', '/a'],
])('a write by the v1 API is a line with its key too: %s %s', async (method, path, key) => {
  await ask(api.clientPort, method, path, 'value=geheim');
  const written = await line();
  expect(written).toMatchObject({ ...WHO, method, key });
  expect(JSON.stringify(written)).not.toContain('geheim');
});

test.each([
  [
    'a comparison that failed',
    () => Promise.resolve(keyError(101, '[a != b]')),
    { status: 412, result: 'refused', index: 9 },
  ],
  [
    'no leader',
    () => Promise.reject(new MemberError('noLeader', 'no leader')),
    { status: 500, result: 'failed', index: 0 },
  ],
])('%s is said too', async (_, onPropose, said) => {
  api.member.onPropose = onPropose;
  await ask(api.clientPort, 'DELETE', '/v2/keys/a?prevValue=b');
  expect(await line()).toMatchObject({ method: 'DELETE', key: '/a', ...said });
});

test('a write whose client went away has no answer', async () => {
  let settle = (): void => undefined;
  api.member.onPropose = () =>
    new Promise((resolve) => {
      settle = () => resolve(event({ node: node({ key: '/a' }) }));
    });
  const socket = connect(api.clientPort, '127.0.0.1');
  socket.write('PUT /v2/keys/a HTTP/1.1\r\nHost: x\r\nContent-Length: 0\r\n\r\n');
  await until(() => api.member.commands.length > 0);
  socket.resetAndDestroy();
  expect(await line()).toEqual({ ...WHO, method: 'PUT', path: '/v2/keys/a', key: '/a', result: 'unanswered' });
  settle();
});

test('changes of the members, the log level, drains and tokens are lines on the port they came by', async () => {
  await ask(api.clientPort, 'POST', '/v2/members', '{"peerURLs":["http://10.0.0.9:2380"]}', {
    'content-type': 'application/json',
  });
  expect(await line()).toMatchObject({ method: 'POST', path: '/v2/members', port: 'client' });
  await ask(api.clientPort, 'PUT', '/config/local/log', '{"Level":"INFO"}');
  expect(await line()).toMatchObject({ path: '/config/local/log', status: 204 });
  await ask(api.server.metricsAddresses[0]!.port, 'POST', '/metrics');
  expect(await line()).toMatchObject({ path: '/metrics', port: 'metrics' });
  for (const other of ['//new', '/./new?size=1', '/%6eew', '/x/../new']) {
    await sendRaw(api.clientPort, `GET ${other} HTTP/1.0\r\nHost: x\r\n\r\n`);
    expect(await line()).toMatchObject({ method: 'GET', path: '/new', result: 'ok' });
  }
  await ask(api.clientPort, 'GET', '/new?size=3');
  expect(await line()).toMatchObject({ method: 'GET', path: '/new', result: 'ok' });
});

test.each(['/v2/admin/snapshot?quorum=false', '/v2/admin/./log?after=1&term=1', '//v2/admin/snapshot'])(
  'who takes everything that is stored is a line, however it went: GET %s',
  async (path) => {
    const { status } = await ask(api.clientPort, 'GET', path);
    const of = path.includes('log') ? '/v2/admin/log' : '/v2/admin/snapshot';
    expect(await line()).toMatchObject({ ...WHO, method: 'GET', path: of, status });
  },
);

describe('where operators have a port of their own', () => {
  let port: number;
  beforeEach(async () => {
    await api.server.close(100);
    const audit = new AuditTrail(
      (text) => lines.push(JSON.parse(text) as Record<string, unknown>),
      () => NOW_MS,
    );
    api = await startUnderTest({
      audit,
      operatorRoutes: 'metrics',
      metricsAddresses: [{ host: '127.0.0.1', port: 0 }],
    });
    port = api.server.metricsAddresses[0]!.port;
  });
  const statusOf = async (method: string, target: string): Promise<number> => {
    const answer = await sendRaw(port, `${method} ${target} HTTP/1.0\r\nHost: x\r\n\r\n`);
    return Number(answer.split(' ')[1]);
  };

  test.each(['//v2/admin/./snapshot', '/v2/admin/%73napshot', 'http://x/v2/admin/snapshot'])(
    'what is served is what the line says: %s',
    async (target) => {
      const status = await statusOf('GET', target);
      expect(status).not.toBe(404);
      expect(await line()).toMatchObject({ port: 'metrics', method: 'GET', path: '/v2/admin/snapshot', status });
    },
  );

  test.each([
    '/v2/admin/snapshot#',
    '/v2/admin/snapshot#?x',
    '/v2/admin\\snapshot?x#',
    '/v2/admin\\log?after=1&term=1#',
    '/new#',
  ])('what the line would not say is not served: %s', async (target) => {
    expect(await statusOf('GET', target)).toBe(404);
  });

  test('a target that is none, and a member without a name', async () => {
    expect(await statusOf('GET', '/v2/admin/%zz')).toBe(400);
    expect(await statusOf('DELETE', '/v2/admin/machines/%2E')).toBe(405);
  });
});

test('a target with a user in it, and a wrong escape, is shown without the password', async () => {
  const target = 'http://root:secret@127.0.0.1/v2/keys/%zz';
  const answer = await sendRaw(api.clientPort, `PUT ${target} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n`);
  expect(answer).toMatch(/^HTTP\/1\.1 400 /);
  expect(await line()).toMatchObject({ path: 'http://***@127.0.0.1/v2/keys/%zz', status: 400 });
});

test('what comes from elsewhere is a line also if it only reads', async () => {
  await ask(api.clientPort, 'GET', '/v2/keys/a', undefined, { host: 'evil.example' });
  expect(await line()).toMatchObject({ method: 'GET', status: 421, result: 'refused', key: '/a' });
  await ask(api.clientPort, 'PUT', '/v2/keys/a', 'value=x', { origin: 'https://evil.example' });
  expect(await line()).toMatchObject({ method: 'PUT', status: 403, result: 'refused' });
});

test('guesses that come too fast are lines, or guessing would vanish as soon as it is noticed', async () => {
  await enableAuth(api.member);
  const statuses = new Set<unknown>();
  for (let guess = 0; guess < 30 && !statuses.has(429); guess += 1) {
    await ask(api.clientPort, 'GET', '/v2/keys/a', undefined, basic('root', `guess ${guess}`));
    const said = await line();
    expect(said).toMatchObject({ method: 'GET', result: 'refused', key: '/a' });
    expect(JSON.stringify(said)).not.toContain('guess');
    statuses.add(said['status']);
  }
  expect(statuses).toContain(429);
});

test('reads are no lines', async () => {
  for (const path of ['/v2/keys/a', '/version', '/v2/members', '/nope']) await ask(api.clientPort, 'GET', path);
  await ask(api.clientPort, 'HEAD', '/v2/keys/a');
  await ask(api.clientPort, 'PUT', '/v2/keys/last', 'value=x');
  expect(await line()).toMatchObject({ key: '/last' });
  expect(lines).toEqual([]);
});

test('tokens of the discovery service are cut, long keys shortened, and no key makes two lines', async () => {
  await ask(api.clientPort, 'PUT', `/${TOKEN}/abc`, 'value=x');
  expect(await line()).toMatchObject({ path: '/001122***/abc' });
  await ask(api.clientPort, 'PUT', `/v2/keys/%5Fetcd/registry/${TOKEN}/abc`, 'value=x');
  expect(await line()).toMatchObject({
    key: '/_etcd/registry/001122***/abc',
    path: expect.not.stringContaining(TOKEN),
  });
  await ask(api.clientPort, 'PUT', `/v2/keys/${'x'.repeat(5000)}`, 'value=x');
  expect((await line()).key).toHaveLength(1024 + 3);
  await ask(api.clientPort, 'PUT', '/v2/keys/a%0A%7B%22user%22:%22root%22%7D', 'value=x');
  expect(await line()).toMatchObject({ key: '/a\n{"user":"root"}' });
  await sendRaw(api.clientPort, 'PUT /v2/keys/%zz?value=geheim HTTP/1.0\r\nHost: x\r\n\r\n');
  const { path } = await line();
  expect(path).toBe('/v2/keys/%zz');
});

test('a user is one who has shown that he is', () => {
  const request = { socket: { remoteAddress: '::ffff:10.0.0.7' } } as never;
  expect(callerOf(request)).toBe('10.0.0.7');
  setUser(request, 'root');
  expect(callerOf(request)).toBe('root at 10.0.0.7');
});
