/** Whoever can reach the peer port and is no member. */
import { existsSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { snapshotChunkFrame, snapshotEndFrame, snapshotHeaderFrame } from '../../../src/peer/wire/snapshotCodec';
import { call } from '../../cluster/httpClient';
import { sleep, until } from '../../cluster/waiting';
import { handshake, newNonce } from '../../peer/fakeMember';
import { startGoneHost } from '../../peer/goneHost';
import { parseExposed } from '../../metrics/exposed';
import { type Attack, Findings, type Scene } from '../attack';
import { Crowd } from '../crowd';
import { hostileFrames } from './frames';
import { peerTargets, type PeerTarget } from './peerTarget';

const OPEN_MAX = 400;
/** In which the machine had time for everybody: on a busy one it is several times as long. */
const MET_WITHIN_MS = 5000;

function greeting(from: string, target: PeerTarget, more: Record<string, string> = {}): string {
  return handshake(from, target, newNonce(), { 'X-Etcd-Cluster-Id': target.clusterId, ...more });
}

/**
 * Resolves when some have been answered with each status, and some ended by a member. A crowd in which everybody is turned away at the door
 * has attacked nobody, and that the members held out shows nothing.
 */
async function haveMet(crowd: Crowd, statuses: readonly number[]): Promise<void> {
  for (const status of statuses)
    await until(`an answer ${status} to some connection`, MET_WITHIN_MS, () => crowd.answered(status) > 0);
  await until('the end of some connection by a member', MET_WITHIN_MS, () => crowd.hungUp > 0);
}

/** Lets one connection after the other be made to the members in turn until the time is over. Some have to be answered with each status. */
async function flood(
  scene: Scene,
  statuses: readonly number[],
  target: (crowd: Crowd, target: PeerTarget) => void,
): Promise<Crowd> {
  const targets = await peerTargets(scene);
  const crowd = new Crowd();
  const endMs = performance.now() + scene.durationMs;
  for (let count = 0; performance.now() < endMs; count++) {
    target(crowd, targets[count % targets.length]!);
    if (count % 20 === 19) await crowd.breathe(OPEN_MAX);
  }
  await sleep(200);
  await haveMet(crowd, statuses).finally(() => crowd.leave());
  return crowd;
}

async function seriesCount(port: number): Promise<number> {
  const { text } = await call(port, { method: 'GET', target: '/metrics' });
  return [...parseExposed(text).values()].reduce((sum, { samples }) => sum + samples.length, 0);
}

export const PEER_PORT: readonly Attack[] = [
  {
    name: 'garbage on the peer port',
    does: 'random bytes, requests and handshakes that are whole, cut or wrong in places; they cost the connection',
    run: async (scene) => {
      const { random } = scene;
      const bytes = (length: number): Buffer => Buffer.from(Array.from({ length }, () => random.integer(0, 255)));
      const crowd = await flood(scene, [101, 400], (all, target) => {
        const known = Buffer.from(greeting(target.leader, target), 'latin1');
        const wrong = Buffer.from(known);
        for (let count = 0; count < 5; count++) wrong[random.integer(0, wrong.length - 1)] = random.integer(0, 255);
        const line = 'POST /members HTTP/1.1\r\nHost: localhost\r\nContent-Length: 9999999\r\n\r\nx';
        const kinds = [bytes(random.integer(1, 500)), wrong, known.subarray(0, random.integer(1, 300)), line, known];
        all.join(target.port, random.pick(kinds));
      });
      return new Findings().sighting(`${crowd.opened} connections, ${crowd.hungUp} ended by members`);
    },
  },
  {
    name: 'hostile frames',
    does: 'terms and indexes that cannot be, forged votes, reports, checkpoints and removals, under ids of members and others',
    run: async (scene) => {
      const crowd = await flood(scene, [101], (all, target) => {
        const from = scene.random.pick([target.leader, target.id, scene.random.integer(1, 2 ** 31).toString(16)]);
        const socket = all.join(target.port, greeting(from, target));
        for (const bytes of scene.random.shuffled(hostileFrames(target))) socket.write(bytes);
      });
      const findings = new Findings();
      const counts = await Promise.all(scene.cluster.members.map((member) => member.members()));
      findings.expect(
        counts.every(({ length }) => length === scene.cluster.members.length),
        'the list of members changed',
      );
      return findings.sighting(`${crowd.opened} streams, ${crowd.answered(101)} let in`);
    },
  },
  {
    name: 'handshakes with made-up ids',
    does: 'each of another stranger, who says where he listens; nobody dials him, and no metrics are kept for him',
    run: async (scene) => {
      const findings = new Findings();
      let dials = 0;
      const host = createServer().listen(0, '127.0.0.1');
      host.on('connection', (socket) => {
        dials += 1;
        socket.destroy();
      });
      await new Promise((resolve) => host.once('listening', resolve));
      const url = `http://127.0.0.1:${(host.address() as AddressInfo).port}`;
      const port = scene.cluster.members[0]!.clientPort;
      const seriesBefore = await seriesCount(port);
      const crowd = await flood(scene, [404], (all, target) => {
        const from = scene.random.integer(1, 2 ** 48).toString(16);
        all.join(target.port, greeting(from, target, { 'X-PeerURLs': url }));
      });
      const series = (await seriesCount(port)) - seriesBefore;
      findings.expect(series < 100, `${series} more metric series`);
      findings.expect(dials === 0, `strangers were dialed ${dials} times`);
      host.close();
      return findings.sighting(`${crowd.opened} handshakes, ${dials} dials, ${series} series more`);
    },
  },
  {
    name: "handshakes with members' ids",
    does: 'streams under the ids of the members themselves, of both kinds; the real links stay and writes go on',
    run: async (scene) => {
      const targets = await peerTargets(scene);
      const crowd = await flood(scene, [101], (all, target) => {
        const upgrade = scene.random.chance(0.3) ? 'cairn-snapshot/1' : 'cairn-raft/1';
        const from = scene.random.pick(targets.filter(({ id }) => id !== target.id)).id;
        all.join(target.port, greeting(from, target, { Upgrade: upgrade }));
      });
      return new Findings().sighting(`${crowd.opened} handshakes, ${crowd.answered(101)} let in`);
    },
  },
  {
    name: 'unfinished frames',
    does: '25 frames to each member that announce 39 MiB and never end',
    run: async (scene) => {
      const crowd = new Crowd();
      const head = Buffer.alloc(10);
      head.writeUInt32BE(39 * 1024 * 1024);
      head.writeUInt8(1, 8);
      head.writeUInt8(1, 9);
      const filling = Buffer.alloc(1024 * 1024);
      let taken = 0;
      for (const target of await peerTargets(scene)) {
        for (let count = 0; count < 25; count++) {
          const from = count % 2 === 0 ? target.leader : scene.random.integer(1, 2 ** 31).toString(16);
          const socket = crowd.join(target.port, greeting(from, target));
          socket.write(head);
          const fill = (): void => {
            if (socket.destroyed || socket.bytesWritten > 38 * 1024 * 1024) return;
            socket.write(filling, (error) => {
              if (error) return;
              taken += filling.length;
              fill();
            });
          };
          fill();
        }
      }
      await sleep(scene.durationMs);
      await haveMet(crowd, [101]).finally(() => crowd.leave());
      const letIn = crowd.answered(101);
      return new Findings().sighting(`75 frames, ${letIn} let in, ${Math.round(taken / 2 ** 20)} MiB sent`);
    },
  },
  {
    name: 'a made-up snapshot',
    does: 'an empty state at index 1,000,000 in the name of the leader and of strangers; the store stays what it is',
    run: async (scene) => {
      const targets = await peerTargets(scene);
      const voters = targets.map(({ id }) => id);
      const state = Buffer.concat([
        snapshotHeaderFrame({ index: 1_000_000, term: 9, configuration: { voters, learners: [] } }),
        snapshotChunkFrame(Buffer.from('nothing')),
        snapshotEndFrame({ chunks: 1, bytes: 7, checksum: 0 }),
      ]);
      const crowd = await flood(scene, [101], (all, target) => {
        const from = scene.random.chance(0.7) ? target.leader : scene.random.integer(1, 2 ** 31).toString(16);
        all.join(target.port, greeting(from, target, { Upgrade: 'cairn-snapshot/1' })).write(state);
      });
      return new Findings().sighting(`${crowd.opened} streams, ${crowd.answered(101)} let in`);
    },
  },
  {
    name: 'a host that answers 410',
    does: 'three are added as members and say to everything that the caller was removed; nobody believes it',
    run: answerGone,
  },
];

async function answerGone({ cluster, durationMs }: Scene): ReturnType<Attack['run']> {
  const findings = new Findings();
  const [through] = cluster.members;
  const hosts = await Promise.all([false, true, true].map(startGoneHost));
  const ids: string[] = [];
  for (const { url } of hosts) {
    const request = { method: 'POST', target: '/v2/members', json: { peerURLs: [url] } };
    const { status, text } = await call(through!.clientPort, request, 30_000);
    findings.expect(status === 201, `adding a host: ${status} ${text}`);
    if (status === 201) ids.push(JSON.parse(text).id);
  }
  await sleep(durationMs);
  const dialed = until('each host is dialed', MET_WITHIN_MS, () => hosts.every((host) => host.asked() > 0));
  const isDialed = await dialed.catch(() => false);
  findings.expect(isDialed, 'a host that answers 410 was not dialed');
  for (const member of cluster.members) {
    findings.expect(!existsSync(join(member.dataDir, 'REMOVED')), `${member.name} believes that it was removed`);
  }
  for (const id of ids) {
    const { status, text } = await call(through!.clientPort, { method: 'DELETE', target: `/v2/members/${id}` }, 30_000);
    findings.expect(status === 204, `removing a host: ${status} ${text}`);
  }
  for (const host of hosts) host.close();
  return findings.sighting(`${ids.length} hosts, asked ${hosts.reduce((sum, host) => sum + host.asked(), 0)} times`);
}
