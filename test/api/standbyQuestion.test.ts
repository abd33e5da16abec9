import { ask, startUnderTest, type ApiUnderTest } from './apiUnderTest';

let api: ApiUnderTest;
beforeEach(async () => {
  api = await startUnderTest();
});
afterEach(async () => {
  await api.server.close(100);
});

test('a standby is told of room, leader and interval, and is remembered', async () => {
  api.member.hasRoom = false;
  const { status, body } = await ask(api.peerPort, 'POST', '/standby?peerURL=http%3A%2F%2Fd%3A7001');
  expect([status, JSON.parse(body)]).toEqual([200, { room: false, syncInterval: 5, leader: 'http://10.0.0.1:2379' }]);
  expect(api.member.standbys).toEqual([['http://d:7001', '127.0.0.1']]);
});

test.each(['', '?peerURL=', '?peerURL=x', `?peerURL=http://${'a'.repeat(3000)}`])(
  '%.30s is no standby',
  async (query) => {
    expect((await ask(api.peerPort, 'POST', `/standby${query}`)).status).toBe(400);
    expect(api.member.standbys).toEqual([]);
  },
);

test('nobody is one by looking, and clients cannot be', async () => {
  expect((await ask(api.peerPort, 'GET', '/standby?peerURL=http://d:1')).status).toBe(405);
  expect((await ask(api.clientPort, 'POST', '/standby?peerURL=http://d:1')).status).toBe(404);
  expect(api.member.standbys).toEqual([]);
});

test.each([{ Origin: 'http://evil.example' }, { Origin: 'null' }, { 'Sec-Fetch-Site': 'same-origin' }])(
  'a page in a browser is none, whatever name it came by: %j',
  async (headers) => {
    const answer = await ask(api.peerPort, 'POST', '/standby?peerURL=http://d:1', '', headers);
    expect(answer.status).toBe(403);
    expect(api.member.standbys).toEqual([]);
  },
);
