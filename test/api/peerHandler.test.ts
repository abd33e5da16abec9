import { peerMembersJson } from '../../src/api/peerHandler';
import type { ApiUnderTest } from './apiUnderTest';
import { ask, startUnderTest } from './apiUnderTest';

let api: ApiUnderTest;

beforeAll(async () => {
  api = await startUnderTest();
});

afterAll(async () => {
  await api.server.close(100);
});

test('ids are decimal numbers of full precision', () => {
  const member = { id: 'c9f751f0b0b4fa5a', name: 'default', peerURLs: ['http://a:1'], clientURLs: [], learner: false };
  expect(peerMembersJson([member])).toBe(
    '[{"id":14553190815069698650,"peerURLs":["http://a:1"],"name":"default","clientURLs":[]}]\n',
  );
});

test('/members and /version are served', async () => {
  const members = await ask(api.peerPort, 'GET', '/members');
  expect(members.body).toBe(peerMembersJson(api.member.memberList));
  expect(members.headers).toMatchObject({
    'content-type': 'application/json',
    'x-etcd-cluster-id': '6c3e73ee238ab33f',
  });
  expect((await ask(api.peerPort, 'GET', '/version')).body).toContain('"etcdserver"');
});

test('other paths and methods are refused', async () => {
  expect(await ask(api.peerPort, 'GET', '/v2/keys')).toMatchObject({ status: 404, body: '404 page not found\n' });
  expect(await ask(api.peerPort, 'POST', '/version')).toMatchObject({ status: 405, body: 'Method Not Allowed\n' });
  expect(await ask(api.peerPort, 'GET', '/a%zz')).toMatchObject({ status: 400 });
});
