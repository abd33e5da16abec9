/** Whoever says that he is a member, and is not. */
import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { closedUrl, connected, heartbeat, isConnected, pause, startNode, stopAll, until } from './harness';
import { claim, frame, newNonce, startFake, stopFakes } from './fakeMember';
import { FrameType } from '../../src/peer/wire/frames';
import { writeMessage } from '../../src/peer/wire/messageCodec';
import { writeConfirm, writeConfirmed } from '../../src/peer/wire/confirmCodec';

afterEach(async () => {
  await stopAll();
  await stopFakes();
});

const hello = frame(FrameType.message, (writer) => writeMessage(writer, heartbeat('b2', 'a1', 666)));

describe('a stream under the id of a member', () => {
  it('that the member did not open is closed and does not push its own away', async () => {
    const [a, b] = [await startNode('a1'), await startNode('b2')];
    await connected(a, b);
    await until(() => a.network.status().peers[0]!.accepted);
    for (let round = 0; round < 50; round += 1) {
      const impostor = claim('b2', a, newNonce());
      impostor.socket.write(hello);
      await until(() => impostor.isClosed());
    }
    b.network.send([heartbeat('b2', 'a1', 7)]);
    await until(() => a.messages.length > 0);
    expect(a.messages).toEqual([heartbeat('b2', 'a1', 7)]);
    expect(a.network.status().peers[0]).toMatchObject({ accepted: true, connected: true, disconnects: 0 });
    expect(b.network.status().peers[0]!.disconnects).toBe(0);
    expect(a.log.lines.filter(({ level }) => level === 'error').length).toBeLessThanOrEqual(2);
  });

  it('is worth nothing while the member is down, and costs only a bounded number of sockets and dials', async () => {
    const a = await startNode('a1');
    a.network.setPeers([{ id: 'b2', urls: [await closedUrl()] }]);
    const impostors = Array.from({ length: 60 }, () => claim('b2', a, newNonce()));
    for (const { socket } of impostors) socket.write(hello);
    const quiet = Array.from({ length: 40 }, () => claim('b2', a, newNonce()));
    await until(() => impostors.every(({ isClosed }) => isClosed()));
    await until(() => quiet.filter(({ isClosed }) => !isClosed()).length <= 8);
    expect(a.network.status().peers[0]).toMatchObject({ accepted: false, connected: false });
    expect(a.messages).toEqual([]);
    expect(quiet.some(({ received }) => received().includes('503 Service Unavailable'))).toBe(true);
    for (const { socket } of quiet) socket.destroy();
  });

  it('does not keep the member itself from coming back', async () => {
    const a = await startNode('a1');
    const first = await startNode('b2');
    await connected(a, first);
    await first.stop();
    let on = true;
    const flood = (async () => {
      while (on) {
        claim('b2', a, newNonce());
        await pause(2);
      }
    })();
    await pause(500);
    const second = await startNode('b2', { port: first.port });
    second.network.setPeers([{ id: 'a1', urls: [a.url] }]);
    await until(() => isConnected(second, a) && isConnected(a, second), 5000);
    second.network.send([heartbeat('b2', 'a1', 7)]);
    await until(() => a.messages.length === 1);
    on = false;
    await flood;
  });

  it('counts once the member that opened it confirms it', async () => {
    const fake = await startFake('b2');
    const a = await startNode('a1');
    a.network.setPeers([{ id: 'b2', urls: [fake.url] }]);
    const opened = fake.open(a);
    await until(() => a.network.status().peers[0]!.accepted);
    opened.socket.write(hello);
    await until(() => a.messages.length === 1);
    expect([fake.asked(), opened.isClosed()]).toEqual([1, false]);
  });

  it('lets nobody find out what this member opened without knowing it', async () => {
    const a = await startNode('a1');
    a.network.setPeers([{ id: 'b2', urls: [await closedUrl()] }]);
    const asking = claim('b2', a, newNonce());
    await until(() => asking.received().includes('101 Switching'));
    const before = asking.received().length;
    const nonce = newNonce();
    asking.socket.write(frame(FrameType.confirm, (writer) => writeConfirm(writer, nonce)));
    const answer = frame(FrameType.confirmed, (writer) => writeConfirmed(writer, { nonce, isOurs: false }));
    await until(() => asking.received().length >= before + answer.length);
    expect(asking.received().slice(before)).toBe(answer.toString('latin1'));
  });
});

it('a host in the place of a member that never comes to its answer keeps nobody busy', async () => {
  const host = createServer((socket) => {
    socket.on('error', () => undefined).resume();
    socket.write('HTTP/1.1 103 Early Hints\r\n\r\n'.repeat(1000));
  });
  await new Promise<void>((resolve) => host.listen(0, '127.0.0.1', resolve));
  const a = await startNode('a1', { dialTimeoutMs: 600_000 });
  a.network.setPeers([{ id: 'b2', urls: [`http://127.0.0.1:${(host.address() as AddressInfo).port}`] }]);
  await until(() => a.log.texts('more than 16 answers before the answer').length > 0);
  await stopAll();
  await new Promise((resolve) => host.close(resolve));
});

describe('strangers', () => {
  it('are neither dialed nor counted as peers, whatever they say of themselves', async () => {
    const trap = await startFake('e5');
    const a = await startNode('a1');
    const b = await startNode('b2');
    await connected(a, b);
    for (let id = 0x100; id < 0x100 + 300; id += 1)
      claim(id.toString(16), a, newNonce(), { 'X-PeerURLs': trap.url }).socket.end();
    await pause(1500);
    expect(trap.dialed()).toBe(0);
    expect(a.network.status().peers.map(({ id }) => id)).toEqual(['b2']);
    expect(a.log.lines.length).toBeLessThan(40);
    expect(isConnected(b, a)).toBe(true);
  });
});
