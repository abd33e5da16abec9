/** Random and mutated bytes at the peer port of a member of a running cluster, by whoever can reach it. */
import { randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { connect, type Socket } from 'node:net';
import { frame, handshake } from '../peer/fakeMember';
import { FrameType } from '../../src/peer/wire/frames';
import { heartbeat } from '../peer/harness';
import { writeMessage } from '../../src/peer/wire/messageCodec';
import { snapshotHeaderFrame } from '../../src/peer/wire/snapshotCodec';
import { writeConfirm } from '../../src/peer/wire/confirmCodec';
import { Cluster } from './cluster';
import type { ClusterMember } from './clusterMember';
import { sleep, until } from './waiting';
import { SeededRandom } from '../simulation/random';

const CONNECTIONS = 10_000;
/** On a machine that takes so long fewer are made. */
const LONGEST_MS = 60_000;
/** There to end a test that hangs; without the processor for a moment the cluster may be electing. */
const SERVED_WITHIN_MS = 60_000;
const GROWTH_MIB_MAX = 200;
const LOG_BYTES_MAX = 200_000;
const SEED = Number(process.env['CAIRN_SEED'] ?? 1);

let cluster: Cluster;

beforeAll(async () => {
  cluster = await Cluster.start();
});

afterAll(() => cluster.end());

function residentMiB(pid: number | undefined): number {
  const text = readFileSync(`/proc/${pid}/status`, 'utf8');
  return Number(/VmRSS:\s+(\d+)/.exec(text)?.[1]) / 1024;
}

/** Some bytes changed, cut off or doubled. */
function mutated(bytes: Buffer, random: SeededRandom): Buffer {
  const copy = Buffer.from(bytes);
  switch (random.integer(0, 3)) {
    case 0:
      return copy;
    case 1:
      for (let count = random.integer(1, 8); count > 0; count -= 1)
        copy[random.integer(0, copy.length - 1)] = random.integer(0, 255);
      return copy;
    case 2:
      return copy.subarray(0, random.integer(0, copy.length));
    default:
      return Buffer.concat([copy, copy]);
  }
}

async function takesWrites(member: ClusterMember, key: string): Promise<void> {
  expect(member.isRunning).toBe(true);
  await until('it takes writes', SERVED_WITHIN_MS, async () => (await member.put(key, 'x', 5000)).status < 300);
}

test('random bytes, handshakes and frames cost their senders the connection and nobody anything else', async () => {
  const random = new SeededRandom(SEED);
  const [victim, other] = cluster.members;
  const [id, otherId] = [await victim!.id(), await other!.id()];
  const clusterId = await victim!.clusterId();
  const port = victim!.place.peerPort;
  const before = residentMiB(victim!.pid);
  const logBefore = victim!.logs().length;
  const open = new Set<Socket>();

  const request = (): Buffer => {
    const from = [otherId, id, random.integer(1, 2 ** 31).toString(16), 'x'.repeat(60)][random.integer(0, 3)]!;
    const more: Record<string, string> = { 'X-Etcd-Cluster-Id': clusterId, 'X-PeerURLs': 'http://127.0.0.1:9' };
    if (random.chance(0.3)) more['Upgrade'] = 'cairn-snapshot/1';
    if (random.chance(0.1)) more['X-Cairn-Nonce'] = '';
    return Buffer.from(handshake(from, { id, port }, randomBytes(16).toString('hex'), more));
  };
  const frames = (): Buffer => {
    const start = { index: 1000, term: 9, configuration: { voters: [otherId], learners: [] } };
    const message = { ...heartbeat(otherId, id, 2 ** 40), term: 2 ** 50 };
    const all = [
      () => frame(FrameType.message, (writer) => writeMessage(writer, message)),
      () => frame(FrameType.forward, (writer) => writer.raw(Buffer.from([9, 9, 9]))),
      () => snapshotHeaderFrame(start),
      () => frame(FrameType.confirm, (writer) => writeConfirm(writer, randomBytes(16).toString('hex'))),
      () => Buffer.from([0x02, 0x70, 0, 0, 1, 2, 3, 4, 1, 1, ...randomBytes(200)]),
      () => randomBytes(random.integer(1, 3000)),
    ];
    return all[random.integer(0, all.length - 1)]!();
  };
  const lines = (): Buffer =>
    Buffer.from(
      [
        'GET /members HTTP/1.1\r\nHost: localhost\r\n\r\n',
        'POST /members HTTP/1.1\r\nHost: localhost\r\nContent-Length: 9999999\r\n\r\nx',
        'GET / HT',
      ][random.integer(0, 2)]!,
    );

  let made = 0;
  const endMs = performance.now() + LONGEST_MS;
  for (; made < CONNECTIONS && performance.now() < endMs; made += 1) {
    const socket = connect(port, '127.0.0.1');
    open.add(socket);
    socket.on('error', () => undefined);
    socket.on('close', () => open.delete(socket));
    socket.resume();
    const kind = random.integer(0, 3);
    if (kind === 0) socket.write(randomBytes(random.integer(1, 2000)));
    if (kind === 1) socket.write(mutated(lines(), random));
    if (kind >= 2) socket.write(mutated(request(), random));
    if (kind === 3)
      for (let count = random.integer(1, 5); count > 0; count -= 1) socket.write(mutated(frames(), random));
    if (random.chance(0.5)) setTimeout(() => socket.destroy(), 50);
    if (made % 10 === 9) {
      await sleep(1);
      // Others want the processor too.
      if (open.size > 600) for (const first of [...open].slice(0, 100)) first.destroy();
    }
    if (made % 500 === 499) await takesWrites(victim!, `/during/${made}`);
  }
  expect(made).toBeGreaterThanOrEqual(500);
  for (const member of cluster.members) await takesWrites(member, `/after/${member.name}`);
  expect(residentMiB(victim!.pid) - before).toBeLessThan(GROWTH_MIB_MAX);
  expect(victim!.logs().length - logBefore).toBeLessThan(LOG_BYTES_MAX);
  for (const socket of open) socket.destroy();
});
