/** Peers that do not read: a bare TCP server that shakes hands and then stands still. */
import { createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import { append, CLUSTER, heartbeat, pause, startNode, stopAll, until } from './harness';
import { frame, startFake, stopFakes } from './fakeMember';
import { FrameType } from '../../src/peer/wire/frames';

interface Sleeper {
  readonly url: string;
  readonly sockets: readonly Socket[];
  readonly server: Server;
}

const MIB = 1024 * 1024;
let sleepers: Sleeper[] = [];

async function startSleeper(id: string): Promise<Sleeper> {
  const sockets: Socket[] = [];
  const server = createServer((socket) => {
    sockets.push(socket);
    socket.on('error', () => undefined);
    socket.once('data', () => {
      socket.pause();
      socket.write(
        'HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: cairn-raft/1\r\n' +
          `X-Etcd-Cluster-Id: ${CLUSTER}\r\nX-Server-From: ${id}\r\n\r\n`,
      );
      socket.write(frame(FrameType.welcome));
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const sleeper = { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, sockets, server };
  sleepers.push(sleeper);
  return sleeper;
}

afterEach(async () => {
  await stopAll();
  await stopFakes();
  for (const { server, sockets } of sleepers) {
    for (const socket of sockets) socket.destroy();
    await new Promise((resolve) => server.close(resolve));
  }
  sleepers = [];
});

describe('a peer that does not read', () => {
  it('never has more than the bound waiting for it, and is reported once', async () => {
    const sleeper = await startSleeper('b2');
    const a = await startNode('a1', { queueBytesMax: 2 * MIB, electionTimeoutMs: 5000 });
    a.network.setPeers([{ id: 'b2', urls: [sleeper.url] }]);
    await until(() => a.network.status().peers[0]!.connected);
    let most = 0;
    for (let index = 1; index <= 1000; index += 1) {
      a.network.send([append('a1', 'b2', index, 100_000)]);
      if (index % 20 === 0) await pause(1);
      most = Math.max(most, a.network.status().peers[0]!.queuedBytes);
    }
    expect(most).toBeGreaterThan(MIB);
    expect(most).toBeLessThanOrEqual(2 * MIB);
    expect(a.network.status().peers[0]!.sentFailures).toBeGreaterThan(500);
    expect(a.network.forward('b2', [Buffer.alloc(100_000)])).toBe(false);
    const before = a.network.status().peers[0]!.queuedBytes;
    a.network.send([heartbeat('a1', 'b2', 1)]);
    expect(a.network.status().peers[0]!.queuedBytes).toBeGreaterThan(before);
    for (let commit = 0; commit < 200_000; commit += 1) a.network.send([heartbeat('a1', 'b2', commit)]);
    expect(a.network.status().peers[0]!.queuedBytes).toBeLessThanOrEqual(3 * MIB);
    expect(a.unreachable).toEqual(['b2']);
    expect(a.log.texts('dropped messages to peer b2 since its sending buffer is full')).toHaveLength(1);
  });

  it('is cut off after three election timeouts and dialed again', async () => {
    const sleeper = await startSleeper('b2');
    const a = await startNode('a1', { electionTimeoutMs: 150 });
    a.network.setPeers([{ id: 'b2', urls: [sleeper.url] }]);
    await until(() => a.network.status().peers[0]!.connected);
    const begunMs = Date.now();
    await until(() => sleeper.sockets.length === 2);
    expect(Date.now() - begunMs).toBeGreaterThan(400);
    expect(Date.now() - begunMs).toBeLessThan(10_000);
    expect(a.log.texts('health check for peer b2 failed')).toHaveLength(1);
    expect(a.log.texts('lost the TCP streaming connection with peer b2')).toHaveLength(1);
  });

  it('is kept while it reads slowly, though it answers no probe', async () => {
    const sleeper = await startSleeper('b2');
    const a = await startNode('a1', { electionTimeoutMs: 200 });
    a.network.setPeers([{ id: 'b2', urls: [sleeper.url] }]);
    await until(() => a.network.status().peers[0]!.connected);
    const more = (index: number): void => a.network.send([append('a1', 'b2', index, 128 * 1024)]);
    for (let index = 1; index <= 100; index += 1) more(index);
    const [socket] = sleeper.sockets;
    let read = 0;
    socket!.on('data', (piece: Buffer) => {
      read += piece.length;
      socket!.pause();
    });
    // As much as is read and more comes after it: however much the system holds for the connection, something waits here.
    for (let step = 1; step <= 120; step += 1) {
      more(100 + step);
      socket!.resume();
      await pause(15);
    }
    expect(read).toBeGreaterThan(2 * MIB);
    expect(a.network.status().peers[0]!.queuedBytes).toBeGreaterThan(0);
    expect(sleeper.sockets.length).toBe(1);
  });

  it('can be left within a moment', async () => {
    const sleeper = await startSleeper('b2');
    const a = await startNode('a1');
    a.network.setPeers([{ id: 'b2', urls: [sleeper.url] }]);
    await until(() => a.network.status().peers[0]!.connected);
    for (let index = 1; index <= 100; index += 1) a.network.send([append('a1', 'b2', index, 100_000)]);
    const begunMs = Date.now();
    await a.network.stop();
    expect(Date.now() - begunMs).toBeLessThan(10_000);
  });
});

describe('a peer that goes away without a word', () => {
  it('has its stream closed after silence', async () => {
    const a = await startNode('a1', { electionTimeoutMs: 60 });
    const b = await startFake('b2');
    a.network.setPeers([{ id: 'b2', urls: [b.url] }]);
    const opened = b.open(a);
    await until(() => a.network.status().peers[0]!.accepted);
    await until(() => opened.isClosed());
    expect(a.network.status().peers[0]!.accepted).toBe(false);
  });

  it('has its stream closed when it sends what is no frame', async () => {
    const a = await startNode('a1');
    const b = await startFake('b2');
    a.network.setPeers([{ id: 'b2', urls: [b.url] }]);
    const opened = b.open(a);
    await until(() => a.network.status().peers[0]!.accepted);
    opened.socket.write('\xff\xff\xff\xff and so on', 'latin1');
    await until(() => opened.isClosed());
    expect(
      a.log.texts('closed the connection with peer b2: a frame of 4294967295 bytes is over the limit'),
    ).toHaveLength(1);
  });
});
