import { examine } from '../../../src/ctl/doctor/examine';
import { dialTcp } from '../../../src/platform/dial';
import { FakeServer } from '../../client/fakeServer';

const server = new FakeServer();
beforeAll(() => server.start());
afterAll(() => {
  server.stop();
});

test('a client URL that leads to another member says nothing of the one that publishes it', async () => {
  const member = (id: string, name: string) => ({
    id,
    name,
    peerURLs: ['http://127.0.0.1:1'],
    clientURLs: [server.url],
  });
  server.answer = ({ url }) => {
    switch (url) {
      case '/v2/members':
        return { body: { members: [member('a1', 'node1'), member('b2', 'node2')] } };
      case '/v2/stats/self':
        return { body: { id: 'a1', name: 'node1', leaderInfo: { leader: 'a1' } } };
      case '/version':
        return { body: { etcdserver: '2.3.8', etcdcluster: '2.3.0' } };
      case '/health':
        return { body: { health: 'true' } };
      default:
        return { status: 404, body: '' };
    }
  };
  const { members } = await examine({ url: server.url, dial: dialTcp, timeoutMs: 5000 });
  expect(members.map(({ answering }) => answering?.leader)).toEqual(['a1', undefined]);
  expect(members[1]?.failure).toContain(`${server.url} leads to another member, a1`);
});
