/** Hosts that are no members and get themselves listed, or speak on the peer port all the same. */
import { spawnSync } from 'node:child_process';
import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type GoneHost, startGoneHost } from '../peer/goneHost';
import { Cluster } from './cluster';
import { ENTRY } from './clusterMember';
import { call } from './httpClient';
import { sleep } from './waiting';

let cluster: Cluster;
const hosts: GoneHost[] = [];

beforeAll(async () => {
  cluster = await Cluster.start();
});

afterAll(async () => {
  for (const host of hosts) host.close();
  await cluster.end();
});

test('hosts that answer 410 to everything, added as members, remove nobody', async () => {
  const [through] = cluster.members;
  expect((await through!.put('/kept', 'x')).status).toBe(201);
  for (const echoes of [false, true, true]) {
    const host = await startGoneHost(echoes);
    hosts.push(host);
    const added = await call(through!.clientPort, {
      method: 'POST',
      target: '/v2/members',
      json: { peerURLs: [host.url] },
    });
    expect(added.status).toBe(201);
  }
  await sleep(6000);
  for (const member of cluster.members) {
    expect(member.isRunning).toBe(true);
    expect(existsSync(join(member.dataDir, 'REMOVED'))).toBe(false);
    expect(await member.value('/kept')).toBe('x');
  }
  expect((await through!.put('/after', 'x')).status).toBe(201);
});

test('clear-removed leaves the data of a member alone that the others still list', async () => {
  const [member, other] = cluster.members;
  const [id, clusterId] = [await member!.id(), await other!.clusterId()];
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
