/** Who is believed that says that this member was removed. */
import { createServer, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { VoterMajority } from '../../src/peer/voterMajority';
import { CLUSTER, connected, pause, startNode, stopAll, until } from './harness';

let servers: Server[] = [];

afterEach(async () => {
  await stopAll();
  for (const server of servers) {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  }
  servers = [];
});

/** A host that answers everything with 410 and the headers that `headersFor` makes of the request. */
async function goneHost(
  headersFor: (request: IncomingMessage) => Record<string, string>,
): Promise<{ url: string; asked: () => number }> {
  let asked = 0;
  const server = createServer();
  server.on('upgrade', (request, socket) => {
    asked += 1;
    const lines = Object.entries(headersFor(request)).map(([name, value]) => `${name}: ${value}\r\n`);
    socket.end(`HTTP/1.1 410 Gone\r\n${lines.join('')}Content-Length: 0\r\nConnection: close\r\n\r\n`);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  servers.push(server);
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, asked: () => asked };
}

/** All that a member says which knows that the caller was removed. */
function wellMade(request: IncomingMessage): Record<string, string> {
  return {
    'X-Etcd-Cluster-Id': CLUSTER,
    'X-Server-From': String(request.headers['x-server-to']),
    'X-Cairn-Removed': String(request.headers['x-server-from']),
    'X-Cairn-Nonce': String(request.headers['x-cairn-nonce']),
  };
}

describe('a 410', () => {
  it.each<[string, Record<string, string>]>([
    [
      'that says nothing more',
      { 'X-Etcd-Cluster-Id': '', 'X-Server-From': '', 'X-Cairn-Removed': '', 'X-Cairn-Nonce': '' },
    ],
    ['of another cluster', { 'X-Etcd-Cluster-Id': '1' }],
    ['of nobody', { 'X-Server-From': '' }],
    ['of who is no member', { 'X-Server-From': 'not an id' }],
    ['of this member itself', { 'X-Server-From': 'a1' }],
    ['about another member', { 'X-Cairn-Removed': 'c3' }],
    ['to another request', { 'X-Cairn-Nonce': '0'.repeat(32) }],
  ])('%s is no news', async (_what, wrong) => {
    const host = await goneHost((request) => ({ ...wellMade(request), ...wrong }));
    const a = await startNode('a1');
    a.network.setPeers([{ id: 'b2', urls: [host.url] }]);
    await until(() => host.asked() > 1);
    await pause(50);
    expect(a.removed()).toBe(0);
    expect(a.log.texts('failed to dial b2 on stream Message (410')).toHaveLength(1);
  });

  it('of the only other voter counts', async () => {
    const host = await goneHost(wellMade);
    const a = await startNode('a1');
    a.network.setPeers([{ id: 'b2', urls: [host.url] }]);
    await until(() => a.removed() === 1);
  });

  it('of a member without a vote does not count, nor that of one voter of two', async () => {
    const [learner, voter] = [await goneHost(wellMade), await goneHost(wellMade)];
    const [a, b] = [await startNode('a1'), await startNode('b2')];
    b.network.setPeers([{ id: 'a1', urls: [a.url] }]);
    a.network.setPeers([
      { id: 'b2', urls: [b.url] },
      { id: 'c3', urls: [voter.url] },
      ...['d4', 'e5', 'f6'].map((id) => ({ id, urls: [learner.url], voter: false })),
    ]);
    await until(() => learner.asked() >= 6 && voter.asked() >= 2);
    await pause(50);
    expect(a.removed()).toBe(0);
    expect(a.log.texts('member c3 says: the member has been permanently removed from the cluster')).toHaveLength(1);
  });

  it('of the successor of a voter, in its place, counts as that of the voter', async () => {
    const [a, b, successor] = [await startNode('a1'), await startNode('b2'), await startNode('d4')];
    a.network.setPeers([
      { id: 'b2', urls: [b.url] },
      { id: 'c3', urls: [successor.url] },
    ]);
    successor.network.remove('c3');
    successor.network.remove('a1');
    await until(() => a.log.texts('member d4 in the place of c3 says: the member has been perm').length === 1);
    expect(a.removed()).toBe(0);
    expect(a.network.status().peers.map(({ id, saysRemoved }) => [id, saysRemoved])).toEqual([
      ['b2', false],
      ['c3', true],
    ]);
    b.network.remove('a1');
    await until(() => a.removed() === 1);
  });

  it('of the successors of all voters counts', async () => {
    const a = await startNode('a1');
    const successors = [await startNode('d4'), await startNode('e5')];
    for (const { network } of successors) network.remove('a1');
    a.network.setPeers(['b2', 'c3'].map((id, position) => ({ id, urls: [successors[position]!.url] })));
    await until(() => a.removed() === 1);
  });

  it('of one member counts once, at the URLs of however many it answers', async () => {
    const host = await goneHost((request) => ({ ...wellMade(request), 'X-Server-From': 'd4' }));
    const a = await startNode('a1');
    a.network.setPeers(['b2', 'c3', 'e5'].map((id) => ({ id, urls: [host.url] })));
    await until(() => a.log.texts('member d4 in the place of').length === 3);
    await pause(50);
    expect(a.removed()).toBe(0);
  });

  it('of a majority counts, once', async () => {
    const [a, b, c] = [await startNode('a1'), await startNode('b2'), await startNode('c3')];
    await connected(a, b, c);
    b.network.remove('a1');
    await until(() => a.log.texts('member b2 says').length === 1);
    expect(a.removed()).toBe(0);
    c.network.remove('a1');
    await until(() => a.removed() === 1);
  });
});

describe('votes for a removal', () => {
  it.each<[string[], string[], boolean]>([
    [[], [], false],
    [['b'], [], false],
    [['b'], ['b'], true],
    [['b', 'c'], ['b'], false],
    [['b', 'c'], ['b', 'c'], true],
    [['b', 'c', 'd'], ['b', 'c'], true],
    [['b', 'c', 'd', 'e'], ['b', 'c'], false],
    [['b', 'c'], ['x', 'y', 'z', 'b'], false],
  ])('of %j with %j for it', (voters, saying, decided) => {
    const votes = new VoterMajority();
    votes.setVoters(voters);
    for (const id of saying) votes.said(id, id);
    expect(votes.isDecided).toBe(decided);
  });

  it('count once for each that speaks', () => {
    const votes = new VoterMajority();
    votes.setVoters(['b', 'c']);
    votes.said('b', 'c');
    votes.said('c', 'c');
    expect(votes.isDecided).toBe(false);
    votes.said('b', 'd');
    expect(votes.isDecided).toBe(true);
  });

  it('can be taken back', () => {
    const votes = new VoterMajority();
    votes.setVoters(['b']);
    votes.said('b', 'b');
    expect([votes.isDecided, votes.isSaidAt('b')]).toEqual([true, true]);
    votes.said('b', undefined);
    expect(votes.isSaidAt('b')).toBe(false);
    expect(votes.isDecided).toBe(false);
  });
});
