import { Duplex } from 'node:stream';
import { Outbox } from '../../src/peer/outbox';
import { WireWriter } from '../../src/peer/wire/wireWriter';
import { FrameDecoder } from '../../src/peer/wire/frames';

const MEBIBYTE = 1024 * 1024;
const BULK = 1;
const SMALL = 2;
const raw = (writer: WireWriter, bytes: Buffer): void => void writer.raw(bytes);
const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

/** A socket whose peer reads so much when it is told to, and what came out of it. */
class SlowSocket extends Duplex {
  readonly frames: { readonly type: number; readonly body: Buffer; readonly endsAt: number }[] = [];
  readBytes = 0;
  private pending: { readonly chunk: Buffer; readonly done: () => void }[] = [];
  private readonly decoder = new FrameDecoder(64 * MEBIBYTE, (type, body) => {
    this.frames.push({ type, body: Buffer.from(body), endsAt: this.readBytes });
  });

  override _read(): void {
    // Nothing comes back.
  }

  override _write(chunk: Buffer, _encoding: string, done: () => void): void {
    this.pending.push({ chunk, done });
  }

  /** The peer reads all that has left; false if that was nothing. */
  async drainOnce(): Promise<boolean> {
    const taken = this.pending;
    this.pending = [];
    for (const { chunk, done } of taken) {
      this.readBytes += chunk.length;
      this.decoder.push(chunk);
      done();
    }
    await turn();
    return taken.length > 0;
  }
}

function make(): { socket: SlowSocket; outbox: Outbox } {
  const socket = new SlowSocket();
  return { socket, outbox: new Outbox(socket, 16 * MEBIBYTE, () => undefined) };
}

it('a heartbeat passes the bulk that waits: what is ahead of it is bounded, however much that is', async () => {
  const { socket, outbox } = make();
  for (let at = 0; at < 60; at++) outbox.add(BULK, Buffer.alloc(256 * 1024, at), raw, 'bulk');
  await turn();
  await socket.drainOnce();
  const before = socket.readBytes;
  outbox.add(SMALL, Buffer.from('heartbeat'), raw, 'small');
  while (!socket.frames.some(({ type }) => type === SMALL)) expect(await socket.drainOnce()).toBe(true);
  // At 10 Mbit/s this is half a second; the whole queue would be 13.
  expect(socket.frames.find(({ type }) => type === SMALL)!.endsAt - before).toBeLessThan(0.6 * MEBIBYTE);
  while (await socket.drainOnce());
  expect(socket.frames).toHaveLength(61);
});

it('everything arrives whole, and bulk in order, whatever the sizes', async () => {
  const { socket, outbox } = make();
  const sizes = [10, 3 * MEBIBYTE, 300_000, 256 * 1024, 1, 1, 700_000, 2 * MEBIBYTE, 5];
  for (const [at, size] of sizes.entries()) {
    // Every other one as its length says.
    outbox.add(BULK, Buffer.alloc(size, at), raw, 'bulk', at % 4 < 2 ? size : 0);
    outbox.add(SMALL, Buffer.from([at]), raw, 'small');
    if (at % 2 === 0) await turn();
    if (at % 3 === 0) await socket.drainOnce();
  }
  await turn();
  while (await socket.drainOnce());
  const bulk = socket.frames.filter(({ type }) => type === BULK);
  expect(bulk.map(({ body }) => body.length)).toEqual(sizes);
  bulk.forEach(({ body }, at) => {
    expect(body.equals(Buffer.alloc(sizes[at]!, at))).toBe(true);
  });
  expect(socket.frames.filter(({ type }) => type === SMALL).map(({ body }) => body[0])).toEqual([...sizes.keys()]);
  expect(outbox.queuedBytes).toBe(0);
});

it('a frame that cannot be written leaves nothing behind', async () => {
  const { socket, outbox } = make();
  const fail = (): void => {
    throw new RangeError('no');
  };
  for (const frameClass of ['bulk', 'small'] as const) {
    expect(() => outbox.add(BULK, undefined, fail, frameClass)).toThrow('no');
  }
  outbox.add(BULK, Buffer.from('a'), raw, 'bulk');
  await turn();
  await socket.drainOnce();
  expect(socket.frames).toHaveLength(1);
});

it('has room for small frames where bulk may not wait', () => {
  const { outbox } = make();
  outbox.add(BULK, Buffer.alloc(16 * MEBIBYTE), raw, 'bulk');
  expect(outbox.admits(100, 'bulk')).toBe(false);
  expect(outbox.admits(100, 'small')).toBe(true);
});

it('the bytes of a long frame are sent as they are, not copied, with a checksum over all pieces', async () => {
  const socket = new SlowSocket();
  const written: Uint8Array[] = [];
  const outbox = new Outbox(
    Object.assign(socket, {
      write: (chunk: Uint8Array): boolean => {
        written.push(chunk);
        return true;
      },
    }),
    16 * MEBIBYTE,
    () => undefined,
  );
  const [first, second] = [Buffer.alloc(MEBIBYTE, 1), Buffer.alloc(300_000, 2)];
  const body = (writer: WireWriter): void => void writer.u8(7).bytes(first).u8(8).bytes(second).u8(9);
  outbox.add(BULK, undefined, body, 'bulk', first.length + second.length);
  outbox.add(BULK, Buffer.from('next'), raw, 'bulk');
  await turn();
  expect(written.filter(({ buffer }) => buffer === first.buffer)).toHaveLength(4);
  const bodies: Buffer[] = [];
  const decoder = new FrameDecoder(64 * MEBIBYTE, (_type, frame) => bodies.push(Buffer.from(frame)));
  for (const chunk of written) decoder.push(Buffer.from(chunk));
  const expected = new WireWriter();
  body(expected);
  expect(bodies).toHaveLength(2);
  expect(bodies[0]!.equals(expected.take())).toBe(true);
  expect(bodies[1]!.toString()).toBe('next');
});
