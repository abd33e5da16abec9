import { BODY_MAX_BYTES } from '../../../../src/api/v2/members/memberRequest';
import type { MembershipRefusal } from '../../../../src/member/types';
import { MemberError, MembershipError } from '../../../../src/member/types';
import type { ApiUnderTest } from '../../apiUnderTest';
import { ask, startUnderTest } from '../../apiUnderTest';

let api: ApiUnderTest;
let asked: string[];

beforeEach(async () => {
  api = await startUnderTest();
  asked = [];
  const { member } = api;
  member.addMember = (peerURLs) => {
    asked.push(`add ${peerURLs.join()}`);
    return Promise.resolve({ id: '9da', name: '', peerURLs, clientURLs: [], learner: true });
  };
  member.updateMember = (id, peerURLs) => {
    asked.push(`update ${id} ${peerURLs.join()}`);
    return Promise.resolve();
  };
  member.removeMember = (id) => {
    asked.push(`remove ${id}`);
    return Promise.resolve();
  };
});

afterEach(async () => {
  await api.server.close(100);
});

const BODY = '{"peerURLs":["http://b:1","http://a:1"]}';

function send(method: string, subpath: string, body?: string, type = 'application/json') {
  return ask(api.clientPort, method, `/v2/members${subpath}`, body, { 'content-type': type });
}

function failWith(error: Error): void {
  api.member.addMember = () => Promise.reject(error);
  api.member.updateMember = () => Promise.reject(error);
  api.member.removeMember = () => Promise.reject(error);
}

test.each(['', '/', '/leader', '/any/thing'])('POST /v2/members%s adds a member', async (subpath) => {
  const answer = await send('POST', subpath, BODY);
  expect(answer).toMatchObject({
    status: 201,
    body: '{"id":"9da","name":"","peerURLs":["http://a:1","http://b:1"],"clientURLs":[],"isLearner":true}\n',
  });
  expect(answer.headers).toMatchObject({
    'content-type': 'application/json',
    'x-etcd-cluster-id': '6c3e73ee238ab33f',
  });
  expect(asked).toEqual(['add http://a:1,http://b:1']);
});

test('PUT and DELETE take an id in any spelling and answer without a body', async () => {
  const updated = await send('PUT', '/0009DA', BODY);
  expect(updated).toMatchObject({ status: 204, body: '' });
  expect(updated.headers['content-type']).toBeUndefined();
  expect(updated.headers['x-etcd-cluster-id']).toBe('6c3e73ee238ab33f');
  expect(await send('DELETE', '/%39DA')).toMatchObject({ status: 204, body: '' });
  expect(asked).toEqual(['update 9da http://a:1,http://b:1', 'remove 9da']);
});

test.each([
  ['text/plain', 415],
  ['Application/JSON', 415],
  ['application/jsonx', 415],
  ['application/json;charset=utf-8', 201],
  ['application/json; charset=utf-8', 201],
  ['application/json;a', 201],
])('content type %s: %d', async (type, status) => {
  const answer = await send('POST', '', BODY, type);
  expect(answer.status).toBe(status);
  if (status === 415) expect(answer.body).toBe(`{"message":"Bad Content-Type ${type}, accept application/json"}`);
});

test('a request without a content type is refused with an empty one', async () => {
  expect(await send('PUT', '/1f', BODY, '')).toMatchObject({
    status: 415,
    body: '{"message":"Bad Content-Type , accept application/json"}',
  });
});

test('what is wrong with the body is said as JSON text', async () => {
  expect(await send('POST', '', '')).toMatchObject({
    status: 400,
    body: '{"message":"unexpected end of JSON input"}',
  });
  expect(await send('PUT', '/1f', '{"peerURLs":["http://<a>"]}')).toMatchObject({
    status: 400,
    body: '{"message":"URL address does not have the form \\"host:port\\": http://\\u003ca\\u003e"}',
  });
  expect(asked).toEqual([]);
});

test('a body may be as long as the limit and not a byte longer', async () => {
  const longest = BODY.padEnd(BODY_MAX_BYTES);
  expect((await send('POST', '', longest)).status).toBe(201);
  expect(await send('POST', '', `${longest} `)).toMatchObject({
    status: 413,
    body: '{"message":"http: request body too large"}',
  });
});

test.each([
  ['zz', 'zz'],
  ['1f/', '1f/'],
  ['1f/x', '1f/x'],
  ['leader', 'leader'],
  ['%3Ci', '\\u003ci'],
  ['12345678901234567', '12345678901234567'],
])('%s is no member, whatever the body', async (subpath, shown) => {
  const missing = { status: 404, body: `{"message":"No such member: ${shown}"}` };
  expect(await send('DELETE', `/${subpath}`)).toMatchObject(missing);
  expect(await send('PUT', `/${subpath}`, '{', 'text/plain')).toMatchObject(missing);
});

test.each(['PUT', 'DELETE'])('%s without an id is not allowed, and no method is', async (method) => {
  for (const subpath of ['', '/']) {
    const answer = await send(method, subpath);
    expect(answer).toMatchObject({ status: 405, body: 'Method Not Allowed\n' });
    expect(answer.headers.allow).toBeUndefined();
  }
});

test.each(['HEAD', 'PATCH'])('%s is not allowed', async (method) => {
  for (const subpath of ['', '/1f', '/leader']) {
    const answer = await send(method, subpath);
    expect(answer.status).toBe(405);
    expect(answer.headers.allow).toBe('GET,POST,DELETE,PUT');
  }
});

test.each<[MembershipRefusal, string, number, string]>([
  ['peerURLExists', 'POST', 409, 'etcdserver: peerURL exists'],
  ['peerURLExists', 'PUT', 409, 'etcdserver: peerURL exists'],
  ['idExists', 'POST', 409, 'etcdserver: ID exists'],
  ['notFound', 'PUT', 404, 'No such member: 1f'],
  ['notFound', 'DELETE', 404, 'No such member: 1f'],
  ['removed', 'PUT', 500, 'Internal Server Error'],
  ['removed', 'DELETE', 410, 'Member permanently removed: 1f'],
  ['lastMember', 'DELETE', 500, 'Internal Server Error'],
  ['unhealthy', 'DELETE', 500, 'Internal Server Error'],
  ['tooManyLearners', 'POST', 409, 'etcdserver: too many learner members in cluster'],
  ['running', 'DELETE', 409, 'Member is running: 1f'],
])('refused because of %s: %s gets %d', async (refusal, method, status, message) => {
  failWith(new MembershipError(refusal));
  const answer = await send(method, '/001F', method === 'DELETE' ? undefined : BODY);
  expect(answer).toMatchObject({ status, body: `{"message":"${message}"}` });
  expect(answer.headers).toMatchObject({
    'content-type': 'application/json',
    'x-etcd-cluster-id': '6c3e73ee238ab33f',
  });
});

test.each(['POST', 'PUT', 'DELETE'])('%s without a quorum is an internal error', async (method) => {
  failWith(new MemberError('timeout', 'etcdserver: request timed out'));
  const answer = await send(method, '/1f', method === 'DELETE' ? undefined : BODY);
  expect(answer).toMatchObject({ status: 500, body: '{"message":"Internal Server Error"}' });
  expect(api.logged.filter(({ level }) => level === 50)).toEqual([]);
});

test('what nobody foresaw is logged', async () => {
  failWith(new Error('surprise'));
  expect((await send('DELETE', '/1f')).status).toBe(500);
  expect(JSON.stringify(api.logged)).toContain('surprise');
});
