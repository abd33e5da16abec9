/** Real members with real links on free ports of 127.0.0.1, on disks in memory; and a way to speak to them as anybody. */
import { randomBytes } from 'node:crypto';
import { createServer, request, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Duplex } from 'node:stream';
import { FEATURE_LEVEL } from '../../src/machine/features';
import type { LocalMember } from '../../src/member/localMember';
import { memberIdOf } from '../../src/member/identity';
import { openMember } from '../../src/member/openMember';
import { RealClock } from '../../src/platform/realClock';
import { PeerLinks } from '../../src/app/peerLinks';
import { Recorders } from '../../src/metrics/recorders';
import { Dialer } from '../../src/peer/dialer';
import { WireWriter } from '../../src/peer/wire/wireWriter';
import { beginFrame, finishFrame, FrameType } from '../../src/peer/wire/frames';
import { writeMessage } from '../../src/peer/wire/messageCodec';
import type { MemberId, Message } from '../../src/raft/types';
import { MemberStore } from '../../src/storage/memberStore';
import { MemoryDisk } from '../../src/storage/memory';
import { LogRecorder, until } from '../peer/harness';

/** Streams that their member confirms although it did not open them: what a member says that was taken over. */
const lies = new Set<string>();

const ownsTruly = Dialer.prototype.owns;
Dialer.prototype.owns = function (this: Dialer, nonce: string): boolean {
  return lies.has(nonce) || ownsTruly.call(this, nonce);
};

const TOKEN = 'hostile';
const SETTINGS = {
  clientURLs: ['http://127.0.0.1:2379'],
  version: '2.3.8',
  heartbeatIntervalMs: 100,
  electionTimeoutMs: 1000,
  integrityIntervalMs: 60_000,
  snapshotCount: 1000,
  strictReconfigCheck: true,
};

export interface PeerMember {
  readonly id: MemberId;
  readonly url: string;
  readonly disk: MemoryDisk;
  readonly log: LogRecorder;
  readonly failures: unknown[];
  readonly member: LocalMember;
  readonly links: PeerLinks;
  stop(): Promise<void>;
}

interface Place {
  readonly name: string;
  readonly server: Server;
  readonly url: string;
  readonly sockets: Set<Duplex>;
}

/** Three members that lead and follow. */
export async function startMembers(count = 3): Promise<PeerMember[]> {
  const places = await Promise.all(Array.from({ length: count }, (_, at) => makePlace(`m${at + 1}`)));
  const members = await Promise.all(places.map((place) => startMember(place, places, new MemoryDisk())));
  await until(() => members.every(({ member }) => member.status().ready), 60_000);
  return members;
}

async function makePlace(name: string): Promise<Place> {
  const server = createServer((_request, response) => response.writeHead(404).end());
  const sockets = new Set<Duplex>();
  server.on('connection', (socket) => {
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return { name, server, sockets, url: `http://127.0.0.1:${(server.address() as AddressInfo).port}` };
}

async function startMember(place: Place, places: readonly Place[], disk: MemoryDisk): Promise<PeerMember> {
  const log = new LogRecorder();
  const failures: unknown[] = [];
  const kv = disk.open();
  const links = new PeerLinks(log, SETTINGS.electionTimeoutMs, new Recorders(Date.now), (error) =>
    failures.push(error),
  );
  const founders = places.map(({ name, url }) => ({ name, peerURLs: [url] }));
  const member = await openMember({
    settings: { ...SETTINGS, name: place.name },
    store: await MemberStore.open(kv),
    transport: links,
    clock: new RealClock(),
    random: Math.random,
    history: 100,
    uncommittedBytesMax: 1024 * 1024,
    begin: () => Promise.resolve({ kind: 'found', founders, token: TOKEN }),
    logger: log,
    peerReport: () => links.report(),
    onFailure: (error) => failures.push(error),
    onRemoved: () => failures.push(new Error('removed')),
  });
  place.server.on('upgrade', links.handleUpgrade);
  links.connect(member);
  member.start();
  return {
    ...{ id: memberIdOf([place.url], TOKEN), url: place.url, disk, log, failures, member, links },
    stop: async () => {
      await member.stop(0);
      await links.stop();
      await kv.close();
      place.server.close();
      for (const socket of place.sockets) socket.destroy();
    },
  };
}

/**
 * Speaks on a stream of its own as `from`, which confirms it if it is a member.
 * @returns how many milliseconds the target left it open; undefined if it still is after `limitMs`
 */
export function speakAs(
  from: MemberId,
  target: PeerMember,
  frames: readonly Buffer[],
  limitMs = 3000,
): Promise<number | undefined> {
  const { clusterId } = target.member;
  const nonce = randomBytes(16).toString('hex');
  lies.add(nonce);
  const headers = {
    ...{ Connection: 'Upgrade', Upgrade: 'cairn-raft/1', 'X-Cairn-Wire': '1', 'X-Cairn-Nonce': nonce },
    ...{ 'X-Etcd-Cluster-Id': clusterId, 'X-Server-From': from, 'X-Server-To': target.id },
    ...{ 'X-Server-Version': '2.3.8', 'X-Min-Cluster-Version': '2.3.0', 'X-PeerURLs': 'http://127.0.0.1:1' },
    ...{ 'X-Cairn-Level': `${FEATURE_LEVEL}`, 'X-Cairn-Level-In-Force': `${FEATURE_LEVEL}` },
  };
  const startedMs = Date.now();
  return new Promise((resolve, reject) => {
    const asked = request(`${target.url}/raft`, { headers });
    let stream: Duplex | undefined;
    const timer = setTimeout(() => {
      stream?.destroy();
      asked.destroy();
      resolve(undefined);
    }, limitMs);
    const closed = (): void => {
      clearTimeout(timer);
      resolve(Date.now() - startedMs);
    };
    asked.on('error', closed);
    // Refused at the door, as a stranger is. For anything else the frames would test nothing.
    asked.on('response', (response) => {
      response.resume();
      if (response.statusCode === 412) reject(new Error('the target takes the caller for another program'));
      closed();
    });
    asked.on('upgrade', (_response, socket) => {
      stream = socket;
      socket.on('error', () => undefined);
      socket.on('close', closed);
      // The first that comes back says that the stream is confirmed.
      socket.once('data', () => {
        for (const frame of frames) socket.write(frame);
      });
      socket.resume();
    });
    asked.end();
  });
}

export function frameOf(type: number, body: Uint8Array): Buffer {
  const writer = new WireWriter();
  const start = beginFrame(writer, type);
  writer.raw(body);
  finishFrame(writer, start);
  return writer.take();
}

export function messageFrame(message: Message): Buffer {
  const writer = new WireWriter();
  const start = beginFrame(writer, FrameType.message);
  writeMessage(writer, message);
  finishFrame(writer, start);
  return writer.take();
}
