/** The receiving side of a snapshot stream. */
import type { Duplex } from 'node:stream';
import { crc32 } from 'node:zlib';
import type { LogStart } from '../../raft/types';
import type { PeerContext } from '../context';
import { reasonOf } from '../../platform/networkError';
import { WireError } from '../wire/wireError';
import { FrameType } from '../wire/frames';
import type { SnapshotResult } from '../wire/snapshotCodec';
import { readSnapshotEnd, readSnapshotHeader, snapshotResultFrame } from '../wire/snapshotCodec';
import { FrameSource } from './frameSource';
import { keepAlive } from './keepAlive';

/** How long the sender may take to read the result. */
const RESULT_TIMEOUT_MS = 1000;

type Take = (start: LogStart, chunks: AsyncIterable<Uint8Array>) => Promise<void>;

/** Hands a snapshot to `take` and tells the sender how it went. Never rejects; resolves when the connection is closed. */
export async function receiveSnapshot(
  context: PeerContext,
  from: string,
  socket: Duplex,
  head: Buffer,
  take: Take,
): Promise<void> {
  const source = new FrameSource(socket, context, head);
  const stopAlive = keepAlive(context, socket);
  const result = await taken(source, take);
  stopAlive();
  source.stop();
  if (!result.ok) {
    context.log.write('warn', 'snapshot', from, `failed to receive the snapshot from ${from} (${result.reason})`);
  }
  await finish(context, socket, result);
}

/** Turns a snapshot away; never rejects. */
export function refuseSnapshot(context: PeerContext, socket: Duplex, reason: string): Promise<void> {
  // What the sender has sent meanwhile must be read, or closing would tear down the answer with it.
  socket.resume();
  return finish(context, socket, { ok: false, reason });
}

async function taken(source: FrameSource, take: Take): Promise<SnapshotResult> {
  try {
    const { type, body } = await source.next();
    if (type !== FrameType.snapshotHeader) throw new WireError('malformed', 'a snapshot begins with its header');
    const chunks = new Chunks(source);
    await take(readSnapshotHeader(body), chunks);
    return chunks.complete ? { ok: true } : { ok: false, reason: 'the snapshot was not read to its end' };
  } catch (error) {
    return { ok: false, reason: reasonOf(error) };
  }
}

/** The chunks of one snapshot, checked against the totals in the end frame. */
class Chunks implements AsyncIterable<Uint8Array> {
  /** All chunks were handed out, and they are what was sent. */
  complete = false;

  constructor(private readonly source: FrameSource) {}

  async *[Symbol.asyncIterator](): AsyncGenerator<Uint8Array, void, undefined> {
    let count = 0;
    let bytes = 0;
    let checksum = 0;
    for (;;) {
      const { type, body } = await this.source.next();
      if (type === FrameType.snapshotEnd) {
        const totals = readSnapshotEnd(body);
        const matches = totals.chunks === count && totals.bytes === bytes && totals.checksum === checksum;
        if (!matches) throw new WireError('checksum', 'the snapshot is not what its totals say');
        this.complete = true;
        return;
      }
      if (type !== FrameType.snapshotChunk) throw new WireError('malformed', `a frame of type ${type} in a snapshot`);
      count += 1;
      bytes += body.length;
      checksum = crc32(body, checksum);
      yield body;
    }
  }
}

function finish(context: PeerContext, socket: Duplex, result: SnapshotResult): Promise<void> {
  if (socket.closed) return Promise.resolve();
  return new Promise((resolve) => {
    const cancel = context.clock.after(RESULT_TIMEOUT_MS, () => {
      socket.destroy();
    });
    socket.on('close', () => {
      cancel();
      resolve();
    });
    if (socket.writable) socket.end(snapshotResultFrame(result));
    else socket.destroy();
  });
}
