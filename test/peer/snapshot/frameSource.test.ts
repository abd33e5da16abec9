/** What is read of a snapshot stream before it is asked for. */
import { Duplex } from 'node:stream';
import { FrameSource } from '../../../src/peer/snapshot/frameSource';
import { FrameType } from '../../../src/peer/wire/frames';
import { UnfinishedFrames } from '../../../src/peer/unfinishedFrames';
import type { PeerContext } from '../../../src/peer/context';
import { frame } from '../fakeMember';

test('frames without a body are held back too', async () => {
  const empty = frame(FrameType.snapshotChunk);
  let sent = 0;
  const socket = new Duplex({
    read() {
      // As a sender that never stops, until what it sends is not taken any more.
      setImmediate(() => {
        sent += 1000;
        this.push(Buffer.concat(Array.from({ length: 1000 }, () => empty)));
      });
    },
    write: (_chunk, _encoding, done) => done(),
  });
  const context = {
    clock: { every: () => () => undefined },
    limits: { snapshotSilenceMs: 1000 },
    unfinished: new UnfinishedFrames(() => 0),
  } as unknown as PeerContext;
  const source = new FrameSource(socket, context, Buffer.alloc(0));
  for (let turn = 0; turn < 200; turn += 1) await new Promise((resolve) => setImmediate(resolve));
  expect(socket.isPaused()).toBe(true);
  expect(sent).toBeLessThan(20_000);
  for (let taken = 0; taken < 3000; taken += 1) expect((await source.next()).body).toHaveLength(0);
  expect(socket.isPaused()).toBe(false);
  source.stop();
  socket.destroy();
});
