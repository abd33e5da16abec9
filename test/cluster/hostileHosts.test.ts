/** Hosts that are no members and get themselves listed, or speak on the peer port all the same. */
import { spawnSync } from 'node:child_process';
import { existsSync, writeFileSync } from 'node:fs';
import { createServer, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join, resolve } from 'node:path';
import { Cluster } from './cluster';
import { call } from './httpClient';
import { pause } from '../peer/harness';

const ENTRY = process.env['CAIRN_ENTRY'] ?? join(resolve(__dirname, '../..'), 'dist/cairn.js');

let cluster: Cluster;
const servers: Server[] = [];

beforeAll(async () => {
  cluster = await Cluster.start();
});

afterAll(async () => {
  for (const server of servers) {
    server.closeAllConnections();
    server.close();
  }
  await cluster.end();
});

/** Answers everything with 410; `echo` says of itself and of the caller all that a real member would say. */
async function goneHost(echo: boolean): Promise<string> {
  const headersFor = ({ headers }: IncomingMessage): Record<string, string> =>
    echo
      ? {
          'X-Etcd-Cluster-Id': String(headers['x-etcd-cluster-id']),
          'X-Server-From': String(headers['x-server-to']),
          'X-Cairn-Removed': String(headers['x-server-from']),
          'X-Cairn-Nonce': String(headers['x-cairn-nonce']),
        }
      : {};
  const server = createServer((request, response) => response.writeHead(410, headersFor(request)).end());
  server.on('upgrade', (request, socket) => {
    const lines = Object.entries(headersFor(request)).map(([name, value]) => `${name}: ${value}\r\n`);
    socket.end(`HTTP/1.1 410 Gone\r\n${lines.join('')}Content-Length: 0\r\n\r\n`);
  });
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  servers.push(server);
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

test('hosts that answer 410 to everything, added as members, remove nobody', async () => {
  const [through] = cluster.members;
  expect((await through!.put('/kept', 'x')).status).toBe(201);
  for (const echo of [false, true, true]) {
    const added = await call(through!.clientPort, {
      method: 'POST',
      target: '/v2/members',
      json: { peerURLs: [await goneHost(echo)] },
    });
    expect(added.status).toBe(201);
  }
  await pause(6000);
  for (const member of cluster.members) {
    expect(member.isRunning).toBe(true);
    expect(existsSync(join(member.dataDir, 'REMOVED'))).toBe(false);
    expect(await member.value('/kept')).toBe('x');
  }
  expect((await through!.put('/after', 'x')).status).toBe(201);
});

test('clear-removed leaves the data of a member alone that the others still list', async () => {
  const [member, other] = cluster.members;
  const [id, clusterId] = [await member!.id(), await clusterIdOf(other!.place.peerPort)];
  await member!.stop();
  const note = { memberId: id, clusterId, peerURLs: [other!.place.peerUrl] };
  writeFileSync(join(member!.dataDir, 'REMOVED'), `marked by mistake\n${JSON.stringify(note)}\n`);
  const run = spawnSync(process.execPath, [ENTRY, 'clear-removed', '--data-dir', member!.dataDir], {
    encoding: 'utf8',
  });
  expect([run.status, run.stdout]).toEqual([0, expect.stringContaining(`still lists member ${id}; left alone`)]);
  expect(existsSync(member!.dataDir)).toBe(true);
  member!.start();
  await member!.healthy();
  expect(await member!.value('/kept')).toBe('x');
});

async function clusterIdOf(peerPort: number): Promise<string> {
  const answer = await fetch(`http://127.0.0.1:${peerPort}/members`);
  await answer.text();
  return answer.headers.get('x-etcd-cluster-id') ?? '';
}
