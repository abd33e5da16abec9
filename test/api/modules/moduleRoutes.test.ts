/** Locks over real sockets: who hangs up, who is cut, who may not. */
import { once } from 'node:events';
import { connect } from 'node:net';
import { request as httpRequest, type ClientRequest } from 'node:http';
import { until } from '../../cluster/waiting';
import { startInProcess, type InProcess } from '../../support/inProcess';
import { ask, startUnderTest } from '../apiUnderTest';

let member: InProcess;
let lines: string[];

beforeAll(async () => {
  member = await startInProcess('all');
});
afterAll(() => member.stop());
beforeEach(() => {
  lines = [];
});

async function queue(lock: string): Promise<readonly string[]> {
  const { status, body } = await ask(member.port, 'GET', `/v2/keys/_etcd/mod/lock/${lock}?sorted=true`);
  if (status !== 200) return [];
  return (JSON.parse(body) as { node: { nodes?: { value: string }[] } }).node.nodes?.map(({ value }) => value) ?? [];
}

async function untilQueue(lock: string, values: readonly string[]): Promise<void> {
  let found: readonly string[] = [];
  const isSo = async (): Promise<boolean> => {
    found = await queue(lock);
    return found.join() === values.join();
  };
  await until(`the queue is ${values.join()}`, 10_000, isSo).catch((error: unknown) => {
    throw new Error(`${String(error)}: it is ${found.join()}`);
  });
}

/** A client that waits, and what became of its connection. */
function wait(lock: string, value: string, headers: Record<string, string> = {}): ClientRequest {
  const path = `/mod/v2/lock/${lock}?ttl=60&value=${value}`;
  const request = httpRequest({ host: '127.0.0.1', port: member.port, method: 'POST', path, agent: false, headers });
  request.on('response', (response) => {
    lines.push(`${value} ${response.statusCode}`);
    response.resume();
  });
  request.on('error', () => {
    lines.push(`${value} cut`);
  });
  request.end();
  return request;
}

test('whoever hangs up leaves the queue, also in the middle of others', async () => {
  await ask(member.port, 'POST', '/mod/v2/lock/hang', 'ttl=60&value=holder');
  const first = wait('hang', 'first');
  await untilQueue('hang', ['holder', 'first']);
  wait('hang', 'second');
  await untilQueue('hang', ['holder', 'first', 'second']);
  first.destroy();
  await untilQueue('hang', ['holder', 'second']);
  await ask(member.port, 'DELETE', '/mod/v2/lock/hang?value=holder');
  await untilQueue('hang', ['second']);
});

/** A client that waits for a lock, sends so much behind that that its socket is not read, and goes. */
async function ghost(lock: string): Promise<void> {
  const socket = connect({ port: member.port, host: '127.0.0.1' });
  socket.on('error', () => undefined);
  const form = `value=${'x'.repeat(200_000)}`;
  const put = `Content-Type: application/x-www-form-urlencoded\r\nContent-Length: ${form.length}`;
  socket.write(
    `POST /mod/v2/lock/${lock}?ttl=600&value=ghost HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: 0\r\n\r\n`,
  );
  socket.write(`PUT /v2/keys/behind HTTP/1.1\r\nHost: 127.0.0.1\r\n${put}\r\n\r\n${form}`);
  await untilQueue(lock, ['holder', 'ghost']);
  await new Promise((resolve) => setTimeout(resolve, 100));
  socket.destroy();
}

test('whoever has gone behind all that it sent ahead does not get the lock', async () => {
  await ask(member.port, 'POST', '/mod/v2/lock/ghost', 'ttl=60&value=holder');
  await ghost('ghost');
  await ask(member.port, 'DELETE', '/mod/v2/lock/ghost?value=holder');
  await untilQueue('ghost', []);
  expect((await ask(member.port, 'POST', '/mod/v2/lock/ghost', 'ttl=60&timeout=0&value=next')).status).toBe(200);
});

test('a lock is at most so deep that its places are keys (divergence key-depth)', async () => {
  const acquire = (levels: number): Promise<{ status: number; body: string }> =>
    ask(member.port, 'POST', `/mod/v2/lock/deep${'/d'.repeat(levels)}?ttl=60&timeout=0`);
  // Above it are _etcd, mod, lock and "deep", below it is the place.
  expect((await acquire(251)).status).toBe(200);
  const { status, body } = await acquire(252);
  expect([status, body]).toEqual([400, expect.stringContaining('"cause":"a key has at most 256 levels"')]);
  expect((await ask(member.port, 'GET', `/v2/keys/_etcd/mod/lock/deep${'/d'.repeat(252)}`)).status).toBe(404);
});

test('a lock has a name of which a key can be made (divergence key-length)', async () => {
  const { status, body } = await ask(member.port, 'POST', `/mod/v2/lock/${'l'.repeat(8192)}?ttl=60&timeout=0`);
  expect([status, body]).toEqual([400, expect.stringContaining('"cause":"a key has at most 8192 bytes"')]);
});

test('below a lock that is crowded nothing is read, and who asks is told why', async () => {
  const api = await startUnderTest();
  jest.spyOn(api.member, 'childCount').mockReturnValue(20_001);
  for (const [method, query] of [
    ['GET', ''],
    ['POST', '?ttl=60'],
    ['PUT', '?ttl=60&value=a'],
    ['DELETE', '?value=a'],
  ] as const) {
    const { status, headers, body } = await ask(api.clientPort, method, `/mod/v2/lock/crowded${query}`);
    expect([status, headers['retry-after']]).toEqual([503, '1']);
    expect(JSON.parse(body)).toMatchObject({ errorCode: 300, cause: 'the lock has more than 10000 places' });
  }
  expect(api.member.reads).toEqual([]);
  await api.server.close(100);
});

test('whoever closes its half of the connection waits no more', async () => {
  await ask(member.port, 'POST', '/mod/v2/lock/half', 'ttl=60&value=holder');
  const path = '/mod/v2/lock/half?ttl=60&value=half';
  const socket = connect(member.port, '127.0.0.1');
  socket.write(`POST ${path} HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: 0\r\n\r\n`);
  await untilQueue('half', ['holder', 'half']);
  const closed = once(socket, 'close');
  socket.end();
  await untilQueue('half', ['holder']);
  socket.resume();
  await closed;
});

test('a value is shown as plain text, whatever it holds, and no page may run it', async () => {
  const value = 'alert(1)//<script>\r\nX-Evil: 1';
  await ask(member.port, 'POST', `/mod/v2/lock/markup?ttl=60&value=${encodeURIComponent(value)}`);
  for (const module of ['lock', 'leader']) {
    const { status, body, headers } = await ask(member.port, 'GET', `/mod/v2/${module}/markup`);
    expect([status, body, headers['x-evil']]).toEqual([200, value, undefined]);
    expect([headers['content-type'], headers['x-content-type-options']]).toEqual([
      'text/plain; charset=utf-8',
      'nosniff',
    ]);
  }
});

test('with auth a lock needs the rights to its key, as long as it is waited for', async () => {
  const root = { authorization: `Basic ${Buffer.from('root:pw').toString('base64')}` };
  const ann = { authorization: `Basic ${Buffer.from('ann:pw').toString('base64')}` };
  const json = (method: string, path: string, value: unknown, headers = root): ReturnType<typeof ask> =>
    ask(member.port, method, path, JSON.stringify(value), { 'content-type': 'application/json', ...headers });
  const kv = (patterns: string[]): unknown => ({ kv: { read: patterns, write: patterns } });
  await json('PUT', '/v2/auth/roles/locks', { role: 'locks', permissions: kv(['/_etcd/mod/lock/app/*']) });
  await json('PUT', '/v2/auth/users/root', { user: 'root', password: 'pw' });
  await json('PUT', '/v2/auth/users/ann', { user: 'ann', password: 'pw', roles: ['locks'] });
  await json('PUT', '/v2/auth/enable', {});
  await json('PUT', '/v2/auth/roles/guest', { role: 'guest', revoke: kv(['/*']) });
  try {
    const post = (lock: string, headers: Record<string, string>): ReturnType<typeof ask> =>
      ask(member.port, 'POST', `/mod/v2/lock/${lock}`, 'ttl=60&timeout=0&value=a', headers);
    expect((await post('app/x', {})).status).toBe(401);
    expect((await post('other', ann)).status).toBe(401);
    expect((await post('app/x', ann)).status).toBe(200);
    expect((await ask(member.port, 'GET', '/mod/v2/leader/app/x', undefined, ann)).body).toBe('a');
    expect((await ask(member.port, 'GET', '/mod/v2/leader/app/x')).status).toBe(401);
    wait('app/x', 'waits', ann);
    const waiting = async (): Promise<string> =>
      (await ask(member.port, 'GET', '/v2/keys/_etcd/mod/lock/app/x', undefined, root)).body;
    while (!(await waiting()).includes('waits')) await new Promise((resolve) => setTimeout(resolve, 20));
    await json('PUT', '/v2/auth/users/ann', { user: 'ann', revoke: ['locks'] });
    while ((await waiting()).includes('waits')) await new Promise((resolve) => setTimeout(resolve, 20));
    expect(lines).toEqual(['waits cut']);
  } finally {
    await ask(member.port, 'DELETE', '/v2/auth/enable', undefined, root);
  }
});
