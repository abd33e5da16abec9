import { request, type IncomingHttpHeaders } from 'node:http';
import type { PeerNetworkOptions } from '../../src/peer/types';
import { closedUrl, CLUSTER, introduce, isConnected, pause, startNode, stopAll, type TestNode, until } from './harness';

afterEach(stopAll);

interface Answer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly text: string;
}

const ACCEPTABLE = {
  Connection: 'Upgrade',
  Upgrade: 'cairn-raft/1',
  'X-Etcd-Cluster-Id': CLUSTER,
  'X-Server-From': 'b2',
  'X-Server-To': 'a1',
  'X-Server-Version': '2.3.8',
  'X-Min-Cluster-Version': '2.3.0',
  'X-Cairn-Wire': '1',
  'X-Cairn-Nonce': '0123456789abcdef0123456789abcdef',
};

/** What a bare HTTP client is told. */
function ask(node: TestNode, headers: Record<string, string>, path = '/raft'): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const asked = request(`${node.url}${path}`, { headers: { ...ACCEPTABLE, ...headers } });
    asked.on('error', reject);
    asked.on('upgrade', (response, socket) => {
      socket.destroy();
      resolve({ status: 101, headers: response.headers, text: '' });
    });
    asked.on('response', (response) => {
      let text = '';
      response.setEncoding('utf8').on('data', (piece: string) => (text += piece));
      response.on('end', () => resolve({ status: response.statusCode ?? 0, headers: response.headers, text }));
    });
    asked.end();
  });
}

async function pair(overrides: Partial<PeerNetworkOptions>): Promise<[TestNode, TestNode]> {
  const a = await startNode('3c828782a67e0043');
  const b = await startNode('b26f1b9a6c735437', overrides);
  introduce(a, b);
  return [a, b];
}

describe('a request for a stream', () => {
  let node: TestNode;

  beforeEach(async () => {
    node = await startNode('a1');
    node.network.setPeers([{ id: 'b2', urls: [await closedUrl()] }]);
    node.network.remove('dead');
  });

  it('is granted with who answers', async () => {
    const { status, headers } = await ask(node, {});
    expect(status).toBe(101);
    expect(headers).toMatchObject({
      upgrade: 'cairn-raft/1',
      'x-etcd-cluster-id': CLUSTER,
      'x-server-from': 'a1',
      'x-cairn-wire': '1',
    });
  });

  it('belongs to the path of its protocol', async () => {
    expect(await ask(node, {}, '/raft/snapshot')).toMatchObject({ status: 426 });
    expect(await ask(node, { Upgrade: 'cairn-snapshot/1' }, '/raft/snapshot')).toMatchObject({ status: 101 });
  });

  it.each([
    ['another protocol', { Upgrade: 'websocket' }, 426, 'this port speaks cairn-raft/1 and cairn-snapshot/1'],
    ['a newer wire version', { 'X-Cairn-Wire': '2' }, 426, 'wire version 2 is not known here; this member speaks 1'],
    ['no wire version', { 'X-Cairn-Wire': '' }, 426, 'no wire version was given; this member speaks 1'],
    ['no nonce', { 'X-Cairn-Nonce': 'x' }, 426, 'no X-Cairn-Nonce of 32 hexadecimal digits was given'],
    ['another cluster', { 'X-Etcd-Cluster-Id': '1' }, 412, 'cluster ID mismatch'],
    ['another member', { 'X-Server-To': 'c3' }, 412, 'member ID mismatch'],
    ['a member that is too old', { 'X-Server-Version': '2.2.9' }, 412, 'incompatible version'],
    ['a member that is too new', { 'X-Min-Cluster-Version': '3.0.0' }, 412, 'incompatible version'],
    ['a cluster that is ahead of this program', { 'X-Cairn-Level-In-Force': '2' }, 412, 'incompatible feature level'],
    ['a version that is none', { 'X-Server-Version': 'x' }, 412, 'incompatible version'],
    ['a removed member', { 'X-Server-From': 'dead' }, 410, 'the member has been permanently removed from the cluster'],
    [
      'a removed member that looks for one of then, and is too old',
      { 'X-Server-From': 'dead', 'X-Server-To': 'c3', 'X-Cairn-Level-In-Force': '2', 'X-Server-Version': '2.2.9' },
      410,
      'the member has been permanently removed from the cluster',
    ],
    [
      'a removed member of another cluster',
      { 'X-Server-From': 'dead', 'X-Etcd-Cluster-Id': '1' },
      412,
      'cluster ID mismatch',
    ],
    ['a stranger', { 'X-Server-From': 'c3' }, 404, `failed to find member c3 in cluster ${CLUSTER}`],
    [
      'a stranger that says where it listens',
      { 'X-Server-From': 'c3', 'X-PeerURLs': 'http://127.0.0.1:9' },
      404,
      `failed to find member c3 in cluster ${CLUSTER}`,
    ],
  ])('of %s is refused', async (_what, headers, status, text) => {
    const answer = await ask(node, headers);
    expect(answer).toMatchObject({ status, text: `${text}\n` });
    expect(answer.headers).toMatchObject({ 'x-etcd-cluster-id': CLUSTER, 'x-server-from': 'a1' });
    expect(node.log.lines.filter(({ text: line }) => !line.includes('dial tcp'))).toHaveLength(1);
    await until(() => node.sockets.size === 0);
  });
});

describe('members that do not belong together', () => {
  it('of two clusters both say so in the words of etcd 2.3, once', async () => {
    const [a, b] = await pair({ clusterId: '625ac7f9082c643' });
    await until(() => a.log.lines.length > 0 && b.log.lines.length > 0);
    await pause(400);
    expect(a.log.lines).toEqual([
      {
        level: 'error',
        text: 'request sent was ignored (cluster ID mismatch: remote[b26f1b9a6c735437]=625ac7f9082c643, local=34b660d543ad1445)',
        fields: { peer: 'b26f1b9a6c735437' },
      },
    ]);
    expect(b.log.texts('request sent was ignored')).toEqual([
      'request sent was ignored (cluster ID mismatch: remote[3c828782a67e0043]=34b660d543ad1445, local=625ac7f9082c643)',
    ]);
    expect(isConnected(a, b)).toBe(false);
  });

  it('of one cluster that was founded from two first states both say so, and what to do', async () => {
    const a = await startNode('3c828782a67e0043', { foundation: 'f00d' });
    const b = await startNode('b26f1b9a6c735437', { foundation: 'beef' });
    introduce(a, b);
    await until(() => a.log.lines.length > 0 && b.log.lines.length > 0);
    await pause(300);
    expect(isConnected(a, b)).toBe(false);
    expect(a.log.texts('foundation mismatch: remote[b26f1b9a6c735437]=beef, local=f00d')).toHaveLength(1);
    expect(b.log.texts('foundation mismatch: remote[3c828782a67e0043]=f00d, local=beef')).toHaveLength(1);
    expect(a.log.lines[0]?.text).toMatch(
      /Compare --initial-cluster .* move its data directory aside and start it again/,
    );
  });

  it.each([undefined, 'f00d'])('with foundation f00d and %p do belong together', async (foundation) => {
    const a = await startNode('3c828782a67e0043', { foundation: 'f00d' });
    const b = await startNode('b26f1b9a6c735437', { foundation });
    introduce(a, b);
    await until(() => isConnected(a, b) && isConnected(b, a));
  });

  it('with an address that is another member’s both say so', async () => {
    const a = await startNode('a1');
    const c = await startNode('c3');
    c.network.setPeers([{ id: 'a1', urls: [a.url] }]);
    a.network.setPeers([{ id: 'b2', urls: [c.url] }]);
    await until(() => a.log.texts('mismatch').length > 0 && c.log.texts('mismatch').length > 0);
    expect(a.log.texts('mismatch')).toEqual(['request sent was ignored (member ID mismatch: remote[b2]=c3, local=b2)']);
    expect(c.log.texts('mismatch')).toEqual(['request sent was ignored (member ID mismatch: remote[a1]=b2, local=c3)']);
  });

  it('of which one is too old for the cluster both say so, and which one', async () => {
    const [a, b] = await pair({ levels: () => ({ known: 3, inForce: 2 }) });
    const older = 'the cluster is at level 2, the program of';
    await until(
      () =>
        a.log.texts(`${older} this member reads up to 1`).length > 0 &&
        b.log.texts(`${older} member 3c828782a67e0043 reads up to 1`).length > 0,
    );
    expect(isConnected(a, b) || isConnected(b, a)).toBe(false);
  });

  it('a program that is too old is told once most of the other voters are ahead of it, and only then', async () => {
    const told: number[] = [];
    const a = await startNode('a1', { onTooOld: (level) => told.push(level) });
    const [b, c] = await Promise.all(
      ['b2', 'c3'].map((id) => startNode(id, { levels: () => ({ known: 3, inForce: 2 }) })),
    );
    for (const ahead of [b!, c!]) ahead.network.setPeers([{ id: 'a1', urls: [a.url] }]);
    // One of two voters may be wrong, and whoever has no vote does not count.
    a.network.setPeers([
      { id: 'b2', urls: [b!.url] },
      { id: 'c3', urls: [c!.url], voter: false },
      { id: 'd4', urls: ['http://127.0.0.1:1'] },
    ]);
    await until(() => a.log.texts('was refused (feature level)').length === 2);
    await pause(100);
    expect(told).toEqual([]);
    a.network.setPeers([
      { id: 'b2', urls: [b!.url] },
      { id: 'c3', urls: [c!.url] },
    ]);
    await until(() => told.length > 0);
    expect(told).toEqual([2]);
  });

  it('a program that is too old is told so by the successors of those that it knows', async () => {
    const told: number[] = [];
    const ahead = { levels: () => ({ known: 3, inForce: 2 }) };
    const a = await startNode('a1', { onTooOld: (level) => told.push(level) });
    const [d, e] = [await startNode('d4', ahead), await startNode('e5', ahead)];
    a.network.setPeers(['b2', 'c3'].map((id) => ({ id, urls: [d.url] })));
    await until(() => a.log.texts('member ID mismatch').length === 2);
    await pause(100);
    // One member speaks once, however many addresses lead to it.
    expect(told).toEqual([]);
    const b = await startNode('a1', { onTooOld: (level) => told.push(level) });
    b.network.setPeers([
      { id: 'b2', urls: [d.url] },
      { id: 'c3', urls: [e.url] },
    ]);
    await until(() => told.length > 0);
    expect(told).toEqual([2]);
  });

  it('a member that was removed by those of another foundation is not told so', async () => {
    const a = await startNode('3c828782a67e0043', { foundation: 'f00d' });
    const b = await startNode('b26f1b9a6c735437', { foundation: 'beef' });
    b.network.remove(a.id);
    a.network.setPeers([{ id: b.id, urls: [b.url] }]);
    await until(() => a.log.texts('foundation mismatch').length === 1);
    expect(a.removed()).toBe(0);
  });

  it('of incompatible versions both say so', async () => {
    const [a, b] = await pair({ serverVersion: '4.0.1', minClusterVersion: '4.0.0' });
    await until(() => a.log.lines.length > 0 && b.log.lines.length > 0);
    expect(
      a.log.texts('incompatible version: remote[b26f1b9a6c735437]=4.0.1, local=2.3.8, minimum 2.3.0'),
    ).toHaveLength(1);
    expect(
      b.log.texts('incompatible version: remote[3c828782a67e0043]=2.3.8, local=4.0.1, minimum 4.0.0'),
    ).toHaveLength(1);
  });
});
