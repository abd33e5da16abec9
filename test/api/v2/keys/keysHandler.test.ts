import type { ListingStep } from '../../../../src/machine/keyspace/event';
import { ListingCutError } from '../../../../src/machine/keyspace/runningListings';
import { MemberError } from '../../../../src/member/types';
import type { ApiUnderTest } from '../../apiUnderTest';
import { ask, startUnderTest } from '../../apiUnderTest';
import { event, keyError, node, NOW_MS } from '../../fakeMember';

let api: ApiUnderTest;

beforeEach(async () => {
  api = await startUnderTest();
});

afterEach(async () => {
  await api.server.close(100);
});

function put(path: string, body: string, headers: Record<string, string> = {}) {
  return ask(api.clientPort, 'PUT', path, body, headers);
}

test('PUT becomes a set and answers 201 with all headers', async () => {
  const answer = await put('/v2/keys/foo', 'value=bar');
  expect(answer.status).toBe(201);
  expect(answer.body).toBe('{"action":"set","node":{"key":"/foo","value":"bar","modifiedIndex":4,"createdIndex":4}}\n');
  expect(answer.headers).toMatchObject({
    'content-type': 'application/json',
    'x-etcd-cluster-id': '6c3e73ee238ab33f',
    'x-etcd-index': '4',
    'x-raft-index': '21',
    'x-raft-term': '2',
    'content-length': String(answer.body.length),
  });
  expect(api.member.commands).toEqual([
    { type: 'set', path: '/foo', nowMs: NOW_MS, dir: false, value: 'bar', expirationMs: undefined, refresh: false },
  ]);
});

test('the body wins over the query', async () => {
  await put('/v2/keys/foo?value=query&ttl=5', 'value=body');
  expect(api.member.commands[0]).toMatchObject({ value: 'body', expirationMs: NOW_MS + 5000 });
});

test('bytes travel unchanged in both directions', async () => {
  const bytes = '\xc3\xa9\x00\xff';
  api.member.onPropose = () =>
    Promise.resolve(event({ action: 'set', node: node({ key: '/\xc3\xa9', value: '\xc3\xa9' }) }));
  const answer = await put('/v2/keys/%C3%A9', `value=${bytes}`);
  expect(api.member.commands[0]).toMatchObject({ path: '/\xc3\xa9', value: bytes });
  expect(answer.body).toContain('"key":"/\xc3\xa9","value":"\xc3\xa9"');
});

test('a body that is no form is ignored', async () => {
  await put('/v2/keys/foo', '{"value":"x"}', { 'content-type': 'application/json' });
  expect(api.member.commands[0]).toMatchObject({ type: 'set', value: '' });
});

test('a multipart body is a form', async () => {
  const body = '--x\r\nContent-Disposition: form-data; name="value"\r\n\r\nb\xffr\r\n--x--\r\n';
  await put('/v2/keys/foo', body, { 'content-type': 'multipart/form-data; boundary=x' });
  expect(api.member.commands[0]).toMatchObject({ value: 'b\xffr' });
});

test('a malformed multipart body is code 210', async () => {
  const answer = await put('/v2/keys/foo', 'no boundary', { 'content-type': 'multipart/form-data; boundary=x' });
  expect(answer.status).toBe(400);
  expect(JSON.parse(answer.body)).toMatchObject({ errorCode: 210, index: 0 });
  expect(api.member.commands).toEqual([]);
});

test.each([
  ['PUT', '/v2/keys/foo?x=%zz', 'invalid URL escape \\"%zz\\"'],
  ['GET', '/v2/keys/foo?a=1;b=2', 'invalid semicolon separator in query'],
])('%s %s: the malformed query is code 210', async (method, path, cause) => {
  const answer = await ask(api.clientPort, method, path);
  expect(answer.body).toBe(`{"errorCode":210,"message":"Invalid POST form","cause":"${cause}","index":0}\n`);
  expect(answer.status).toBe(400);
  expect(answer.headers['x-etcd-index']).toBe('0');
  expect(answer.headers['x-raft-index']).toBeUndefined();
});

test('a malformed content type is code 210', async () => {
  const answer = await put('/v2/keys/foo', 'value=1', { 'content-type': '/x' });
  expect(JSON.parse(answer.body)).toMatchObject({ errorCode: 210, cause: 'mime: no media type' });
});

test('errors of the key space keep their cause and index', async () => {
  api.member.onGet = () => keyError(100, '/no');
  const answer = await ask(api.clientPort, 'GET', '/v2/keys/no/such');
  expect(answer.status).toBe(404);
  expect(answer.body).toBe('{"errorCode":100,"message":"Key not found","cause":"/no","index":9}\n');
  expect(answer.headers['x-etcd-index']).toBe('9');
});

test('HEAD answers with the headers of GET and no body', async () => {
  const get = await ask(api.clientPort, 'GET', '/v2/keys/foo');
  const head = await ask(api.clientPort, 'HEAD', '/v2/keys/foo');
  expect(head.body).toBe('');
  expect(head.headers['content-length']).toBe(String(get.body.length));
  expect(head.headers['x-raft-term']).toBe('2');
});

test('POST creates in order, DELETE deletes', async () => {
  api.member.onPropose = () => Promise.resolve(event({ action: 'create', node: node({ key: '/q/1', value: 'x' }) }));
  const answer = await ask(api.clientPort, 'POST', '/v2/keys/q', 'value=x');
  await ask(api.clientPort, 'DELETE', '/v2/keys/q?recursive=true');
  expect(answer.status).toBe(201);
  expect(api.member.commands[0]).toMatchObject({ type: 'create', path: '/q', inOrder: true, value: 'x' });
  expect(api.member.commands[1]).toEqual({ type: 'delete', path: '/q', nowMs: NOW_MS, dir: false, recursive: true });
});

test.each(['/v2/keys', '/v2/keys/', '/v2//keys/./'])('%s is the root', async (path) => {
  await ask(api.clientPort, 'GET', path);
  expect(api.member.reads).toEqual([{ path: '/', options: { recursive: false, sorted: false } }]);
});

test('keysx is no key route', async () => {
  const answer = await ask(api.clientPort, 'GET', '/v2/keysx');
  expect(answer.status).toBe(404);
  expect(answer.body).toBe('404 page not found\n');
});

test('other methods get 405 and the list', async () => {
  const answer = await ask(api.clientPort, 'PATCH', '/v2/keys/foo');
  expect(answer.status).toBe(405);
  expect(answer.body).toBe('Method Not Allowed\n');
  expect(answer.headers).toMatchObject({
    allow: 'HEAD,GET,PUT,POST,DELETE',
    'content-type': 'text/plain; charset=utf-8',
    'x-content-type-options': 'nosniff',
  });
});

test('OPTIONS is answered before anything else', async () => {
  const answer = await ask(api.clientPort, 'OPTIONS', '/v2/keys/a%zz');
  expect(answer).toMatchObject({ status: 200, body: '' });
});

test('a bad escape in the path is a bad request', async () => {
  const answer = await ask(api.clientPort, 'GET', '/v2/keys/a%zz');
  expect(answer).toMatchObject({ status: 400, body: '400 Bad Request' });
});

test('quorum reads wait for the barrier and ignore wait', async () => {
  await ask(api.clientPort, 'GET', '/v2/keys/foo?quorum=true&wait=true&recursive=true');
  expect(api.member.barriers).toBe(1);
  expect(api.member.watches).toEqual([]);
  expect(api.member.reads).toEqual([{ path: '/foo', options: { recursive: true, sorted: false } }]);
});

test('consistent=true waits for the barrier, other texts do not', async () => {
  await ask(api.clientPort, 'GET', '/v2/keys/foo?consistent=true');
  await ask(api.clientPort, 'GET', '/v2/keys/foo?consistent=maybe');
  expect(api.member.barriers).toBe(1);
});

test.each([
  ['timeout', 'etcdserver: request timed out'],
  ['noLeader', 'etcdserver: no leader'],
  ['leaderLost', 'etcdserver: request timed out, possibly due to previous leader failure'],
] as const)('a member that cannot (%s) is code 300', async (reason, cause) => {
  api.member.onPropose = () => Promise.reject(new MemberError(reason, 'internal words'));
  api.member.onBarrier = api.member.onPropose as never;
  for (const answer of [
    await put('/v2/keys/foo', 'value=1'),
    await ask(api.clientPort, 'GET', '/v2/keys/a?quorum=1'),
  ]) {
    expect(answer.status).toBe(500);
    expect(answer.body).toBe(`{"errorCode":300,"message":"Raft Internal Error","cause":"${cause}","index":0}\n`);
  }
});

test('noValueOnSuccess shortens the answer to a write', async () => {
  const answer = await put('/v2/keys/foo?noValueOnSuccess=true', 'value=1');
  expect(answer).toMatchObject({ status: 201, body: '{"action":"set"}\n' });
});

test('a body beyond the limit is code 210', async () => {
  await api.server.close(100);
  api = await startUnderTest({ maxRequestBytes: 100 });
  const answer = await put('/v2/keys/foo', `value=${'x'.repeat(200_000)}`);
  expect(answer.status).toBe(400);
  expect(answer.body).toBe(
    '{"errorCode":210,"message":"Invalid POST form","cause":"http: POST too large","index":0}\n',
  );
  expect(api.member.commands).toEqual([]);
});

test('an unexpected exception is logged once and answered with 500', async () => {
  api.member.onGet = () => {
    throw new Error('broken get');
  };
  api.member.onPropose = () => Promise.reject(new Error('broken propose'));
  const answers = [
    await ask(api.clientPort, 'GET', '/v2/keys/foo'),
    await ask(api.clientPort, 'GET', '/v2/keys/foo?quorum=true'),
    await put('/v2/keys/foo', 'value=1'),
  ];
  for (const answer of answers) expect(answer).toMatchObject({ status: 500, body: 'Internal Server Error\n' });
  expect(api.logged.filter(({ level }) => level === 50)).toHaveLength(3);
});

test('reads and watches of a member that must not go on are answered as its writes are, and are no fault of it', async () => {
  api.member.onGet = () => {
    throw new MemberError('stopped', 'internal words');
  };
  api.member.watch = api.member.onGet as never;
  for (const query of ['', '?quorum=true', '?wait=true']) {
    const { status, body } = await ask(api.clientPort, 'GET', `/v2/keys/foo${query}`);
    expect([status, JSON.parse(body)]).toMatchObject([500, { errorCode: 300 }]);
  }
  expect(api.logged.filter(({ level }) => level === 50)).toEqual([]);
});

test('a key has at most 256 levels (divergence key-depth)', async () => {
  expect((await put(`/v2/keys${'/d'.repeat(256)}`, 'value=v')).status).toBe(201);
  const refused = await put(`/v2/keys${'/d'.repeat(257)}`, 'value=v');
  expect(refused.status).toBe(400);
  expect(refused.body).toBe(
    '{"errorCode":209,"message":"Invalid field","cause":"a key has at most 256 levels","index":0}\n',
  );
  expect(api.member.commands).toHaveLength(1);
  // What a POST makes is one level below what it names.
  expect((await ask(api.clientPort, 'POST', `/v2/keys${'/d'.repeat(255)}`, 'value=v')).status).toBe(201);
  expect((await ask(api.clientPort, 'POST', `/v2/keys${'/d'.repeat(256)}`, 'value=v')).body).toBe(refused.body);
  expect(api.member.commands).toHaveLength(2);
  expect((await ask(api.clientPort, 'GET', `/v2/keys${'/d'.repeat(5000)}`)).status).not.toBe(500);
});

test('a new key has at most 8,192 bytes, one that is there may be longer, and nobody waits for one (divergence key-length)', async () => {
  const path = (length: number): string => `/v2/keys/${'k'.repeat(length - 1)}`;
  expect((await put(path(8192), 'value=v')).status).toBe(201);
  const refused = await put(path(8193), 'value=v');
  expect(refused.status).toBe(400);
  expect(refused.body).toContain('"errorCode":209,"message":"Invalid field","cause":"a key has at most 8192 bytes"');
  expect((await ask(api.clientPort, 'POST', path(8193), 'value=v')).body).toBe(refused.body);
  expect((await put(`${path(8193)}?prevExist=false`, 'value=v')).body).toBe(refused.body);
  expect((await ask(api.clientPort, 'GET', `${path(8193)}?wait=true`)).body).toContain('a key has at most 8192 bytes');
  expect(api.member.commands).toHaveLength(1);
  expect((await ask(api.clientPort, 'GET', path(20_000))).status).not.toBe(400);
  await put(`${path(20_000)}?prevValue=a`, 'value=v');
  await ask(api.clientPort, 'DELETE', path(20_000));
  expect(api.member.commands.slice(1).map(({ type }) => type)).toEqual(['compareAndSwap', 'delete']);
});

test('what a comparison found is written while it is sent, if it is long', async () => {
  const value = '\x01'.repeat(1024 * 1024);
  api.member.onPropose = () => Promise.resolve(keyError(101, `[a != ${value}]`));
  const answer = await put('/v2/keys/foo?prevValue=a', 'value=b');
  expect(answer.status).toBe(412);
  // Made at once it would say how long it is.
  expect(answer.headers['content-length']).toBeUndefined();
  expect(answer.headers).toMatchObject({ 'content-type': 'application/json', 'x-etcd-index': '9' });
  expect(JSON.parse(answer.body)).toMatchObject({ errorCode: 101, cause: `[a != ${value}]`, index: 9 });
});

test('a listing that is cut, because its client reads more slowly than others write, ends its connection and is not whole', async () => {
  function* steps(): Generator<ListingStep, void, undefined> {
    yield { type: 'pause' };
    for (let at = 0; at < 3000; at += 1)
      yield { type: 'node', view: node({ key: `/d/${at}`, value: 'v'.repeat(100) }) };
    throw new ListingCutError('a listing was cut');
  }
  for (const path of ['/v2/keys/d?recursive=true', '/v1/keys/d/']) {
    api.logged.length = 0;
    api.member.onGet = () => ({ ...event({ action: 'get', node: node({ key: '/d', dir: true }) }), listing: steps() });
    const answer = await fetch(`http://127.0.0.1:${api.clientPort}${path}`);
    expect(answer.status).toBe(200);
    await expect(answer.text()).rejects.toThrow();
    const lines = api.logged.filter(({ level }) => Number(level) >= 40);
    expect(lines).toEqual([expect.objectContaining({ level: 40, msg: 'a listing was cut' })]);
  }
});
