import { MemberError, MembershipError } from '../../../src/member/types';
import { ask, startUnderTest, type ApiUnderTest } from '../apiUnderTest';

let api: ApiUnderTest;
beforeEach(async () => {
  api = await startUnderTest();
  api.member.memberList = [
    { id: '3', name: '', peerURLs: ['http://10.0.0.3:2380'], clientURLs: [], learner: true },
    {
      id: '2',
      name: 'zoë',
      peerURLs: ['http://b:7001', 'http://a:7001'],
      clientURLs: ['http://a:4001'],
      learner: false,
    },
    { id: api.member.id, name: 'node1', peerURLs: ['http://c:7001'], clientURLs: [], learner: false },
  ];
});
afterEach(async () => {
  await api.server.close(100);
});

/** Bodies are byte strings. */
const NODE1 = '{"name":"node1","state":"leader","clientURL":"","peerURL":"http://c:7001"}';
const ZOE = '{"name":"zo\u00c3\u00ab","state":"follower","clientURL":"http://a:4001","peerURL":"http://a:7001"}';

function removing(outcome: () => Promise<void>): string[] {
  const removed: string[] = [];
  api.member.removeMember = (id) => {
    removed.push(id);
    return outcome();
  };
  return removed;
}

test('the started members by name, on both ports', async () => {
  for (const port of [api.clientPort, api.peerPort]) {
    const { status, body, headers } = await ask(port, 'GET', '/v2/admin/machines');
    expect([status, headers['content-type'], body]).toEqual([200, 'application/json', `[${NODE1},${ZOE}]\n`]);
  }
});

test('one by its name, as bytes or percent-encoded; null for another', async () => {
  expect((await ask(api.peerPort, 'GET', '/v2/admin/machines/zo%C3%AB')).body).toBe(`${ZOE}\n`);
  expect((await ask(api.peerPort, 'GET', '/v2/admin/machines/nobody')).body).toBe('null\n');
});

test('a removal by name is one by id, and answers the index as 0.4 writes it', async () => {
  const removed = removing(() => Promise.resolve());
  api.member.indexes = () => ({ etcdIndex: 4, raftIndex: 300, raftTerm: 2 });
  const { status, body, headers } = await ask(api.peerPort, 'DELETE', '/v2/admin/machines/zo%C3%AB');
  expect([status, headers['content-type'], headers['content-length']]).toEqual([200, 'application/octet-stream', '8']);
  expect(body.slice(1)).toBe('\x02\0\0\0\0\0\0');
  expect(removed).toEqual(['2']);
});

test('an unknown name removes nobody', async () => {
  const removed = removing(() => Promise.resolve());
  const { status, body } = await ask(api.peerPort, 'DELETE', '/v2/admin/machines/nobody');
  expect([status, body, removed]).toEqual([200, '', []]);
});

test('of two with one name none is removed', async () => {
  const removed = removing(() => Promise.resolve());
  api.member.memberList = api.member.memberList.map((each) => ({ ...each, name: 'same' }));
  const { status, body } = await ask(api.peerPort, 'DELETE', '/v2/admin/machines/same');
  expect([status, removed]).toEqual([409, []]);
  expect(body).toContain('/v2/members/ID');
});

test.each([
  [new MembershipError('unhealthy'), 503, 'no majority answers'],
  [new MembershipError('lastMember'), 409, 'last member'],
  [new MembershipError('removed'), 410, 'meanwhile'],
  [new MemberError('timeout', 'etcdserver: request timed out'), 503, 'timed out'],
])('%s', async (error, expected, text) => {
  removing(() => Promise.reject(error));
  const { status, body } = await ask(api.clientPort, 'DELETE', '/v2/admin/machines/node1');
  expect([status, body]).toEqual([expected, expect.stringContaining(text)]);
});
