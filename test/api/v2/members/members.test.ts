import type { ApiUnderTest } from '../../apiUnderTest';
import { ask, startUnderTest } from '../../apiUnderTest';

let api: ApiUnderTest;

beforeEach(async () => {
  api = await startUnderTest();
});

afterEach(async () => {
  await api.server.close(100);
});

function get(path: string, headers: Record<string, string> = {}) {
  return ask(api.clientPort, 'GET', path, undefined, headers);
}

test('/v2/members lists all, /v2/members/leader the leader', async () => {
  const unstarted = '{"id":"1f","name":"","peerURLs":["http://10.0.0.2:2380"],"clientURLs":[]}';
  const leader =
    '{"id":"c9f751f0b0b4fa5a","name":"node1","peerURLs":["http://10.0.0.1:2380"],' +
    '"clientURLs":["http://10.0.0.1:4001","http://10.0.0.1:2379"]}';
  for (const path of ['/v2/members', '/v2/members/']) {
    const answer = await get(path);
    expect(answer.body).toBe(`{"members":[${unstarted},${leader}]}\n`);
    expect(answer.headers).toMatchObject({
      'content-type': 'application/json',
      'x-etcd-cluster-id': '6c3e73ee238ab33f',
    });
  }
  expect((await get('/v2/members/leader')).body).toBe(`${leader}\n`);
  expect(await get('/v2/members/1f')).toMatchObject({ status: 404, body: '{"message":"Not found"}' });
  api.member.statusFields = { leader: undefined };
  expect(await get('/v2/members/leader')).toMatchObject({ status: 503, body: '{"message":"During election"}' });
});
