/** Snapshot streams whose other side stands still without closing. */
import { PassThrough } from 'node:stream';
import { contextOf } from '../../../src/peer/context';
import { FrameSource } from '../../../src/peer/snapshot/frameSource';
import { snapshotAliveFrame, snapshotChunkFrame } from '../../../src/peer/wire/snapshotCodec';
import { clockWithOffset, CLUSTER, LogRecorder, pause } from '../harness';

const NEVER = (): void => undefined;

function sourceOf(stream: PassThrough): FrameSource {
  const context = contextOf({
    id: 'a1',
    clusterId: CLUSTER,
    serverVersion: '2.3.8',
    minClusterVersion: '2.3.0',
    electionTimeoutMs: 1000,
    snapshotSilenceMs: 120,
    clock: clockWithOffset(0),
    random: () => 0,
    logger: new LogRecorder(),
    onMessages: NEVER,
    onForward: NEVER,
    onSnapshot: () => Promise.resolve(),
    onUnreachable: NEVER,
    onReachable: NEVER,
    onGone: NEVER,
    onRemoved: NEVER,
  });
  return new FrameSource(stream, context, Buffer.alloc(0));
}

describe('frames of a snapshot', () => {
  it('that do not come are given up', async () => {
    const begunMs = Date.now();
    await expect(sourceOf(new PassThrough()).next()).rejects.toThrow('the other side was silent for 120 ms');
    expect(Date.now() - begunMs).toBeLessThan(10_000);
  });

  it('are waited for as long as the other side lives', async () => {
    const stream = new PassThrough();
    const source = sourceOf(stream);
    const next = source.next();
    for (let round = 0; round < 10; round += 1) {
      await pause(40);
      stream.write(snapshotAliveFrame());
    }
    stream.write(snapshotChunkFrame(Buffer.from('here')));
    expect((await next).body.toString()).toBe('here');
    source.stop();
  });

  it('that nobody asks for are not missed', async () => {
    const stream = new PassThrough();
    const source = sourceOf(stream);
    await pause(400);
    stream.write(snapshotChunkFrame(Buffer.from('late')));
    expect((await source.next()).body.toString()).toBe('late');
    source.stop();
  });

  it('that are broken are an error for whoever waits and for whoever asks later', async () => {
    const stream = new PassThrough();
    const source = sourceOf(stream);
    const frame = snapshotChunkFrame(Buffer.from('good'));
    frame[frame.length - 1]! ^= 1;
    const next = source.next();
    stream.write(frame);
    await expect(next).rejects.toThrow('the checksum of a frame is wrong');
    await expect(source.next()).rejects.toThrow('the checksum of a frame is wrong');
  });
});
