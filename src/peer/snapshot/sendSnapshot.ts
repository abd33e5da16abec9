/** The sending side of a snapshot stream. */
import type { Duplex } from 'node:stream';
import { crc32 } from 'node:zlib';
import type { LogStart } from '../../raft/types';
import type { PeerContext } from '../context';
import { dialPeer } from '../dial';
import { dialFailureText } from '../dialer';
import type { StreamProtocol } from '../handshake';
import { reasonOf } from '../../platform/networkError';
import type { PeerAddress } from '../types';
import { WireError } from '../wire/wireError';
import { FrameType } from '../wire/frames';
import type { SnapshotResult } from '../wire/snapshotCodec';
import { readSnapshotResult, snapshotChunkFrame, snapshotEndFrame, snapshotHeaderFrame } from '../wire/snapshotCodec';
import { FrameSource } from './frameSource';
import { keepAlive } from './keepAlive';
import { PacedSocket } from './pacedSocket';
import { SnapshotError } from './snapshotError';

const PROTOCOL: StreamProtocol = 'cairn-snapshot/1';

/**
 * Streams the state up to `start` to a peer; one chunk is one frame, and the next is asked for when the peer has read so far. A peer that is
 * slower than the usual pace is given up: `chunks` is a view of the database, which must not be held for days.
 * Resolves when the peer took it all; rejects with SnapshotError, or with what `chunks` threw.
 */
export async function sendSnapshot(
  context: PeerContext,
  peer: PeerAddress,
  start: LogStart,
  chunks: AsyncIterable<Uint8Array>,
  signal: AbortSignal,
  nonce: string,
): Promise<void> {
  const { socket, head } = await connect(context, peer, signal, nonce);
  const abort = (): void => {
    socket.destroy();
  };
  signal.addEventListener('abort', abort);
  const stopAlive = keepAlive(context, socket);
  const source = new FrameSource(socket, context, head);
  try {
    const result = readResult(source);
    await Promise.race([pump(context, socket, start, chunks), tooEarly(result)]);
    const { snapshotStallMs } = context.limits;
    const answer = await limited(context, result, snapshotStallMs);
    if (!answer.ok) throw new SnapshotError(answer.reason);
  } finally {
    signal.removeEventListener('abort', abort);
    stopAlive();
    source.stop();
    socket.destroy();
  }
}

async function connect(
  context: PeerContext,
  { id, urls }: PeerAddress,
  signal: AbortSignal,
  nonce: string,
): Promise<{ socket: Duplex; head: Buffer }> {
  let reason = 'it has no URL';
  for (const url of urls) {
    const outcome = await dialPeer(context, { id, url, protocol: PROTOCOL, nonce }, signal);
    if (outcome.kind === 'connected' && !signal.aborted) return outcome;
    if (outcome.kind === 'connected') outcome.socket.destroy();
    if (signal.aborted) throw new SnapshotError('the transfer was cancelled');
    if (outcome.kind !== 'connected') {
      reason = outcome.kind === 'failed' ? outcome.reason : `${outcome.status} ${outcome.text}`;
    }
  }
  throw new SnapshotError(dialFailureText(id, PROTOCOL, reason));
}

async function pump(
  context: PeerContext,
  socket: Duplex,
  start: LogStart,
  chunks: AsyncIterable<Uint8Array>,
): Promise<void> {
  const out = new PacedSocket(context, socket);
  await out.write(snapshotHeaderFrame(start));
  let count = 0;
  let bytes = 0;
  let checksum = 0;
  for await (const chunk of chunks) {
    count += 1;
    bytes += chunk.length;
    checksum = crc32(chunk, checksum);
    await out.write(snapshotChunkFrame(chunk));
  }
  await out.write(snapshotEndFrame({ chunks: count, bytes, checksum }));
}

async function readResult(source: FrameSource): Promise<SnapshotResult> {
  try {
    const { type, body } = await source.next();
    if (type === FrameType.snapshotResult) return readSnapshotResult(body);
    throw new WireError('malformed', `a frame of type ${type} where the result of a snapshot belongs`);
  } catch (error) {
    throw new SnapshotError(reasonOf(error));
  }
}

/** A result while chunks are still being sent can only be a refusal, and ends the sending at once. */
async function tooEarly(result: Promise<SnapshotResult>): Promise<never> {
  const answer = await result;
  throw new SnapshotError(answer.ok ? 'the peer answered before the end' : answer.reason);
}

function limited<Value>(context: PeerContext, promise: Promise<Value>, limitMs: number): Promise<Value> {
  return new Promise((resolve, reject) => {
    const cancel = context.clock.after(limitMs, () => {
      reject(new SnapshotError(`no result for ${limitMs} ms`));
    });
    promise.then(resolve, reject).finally(cancel);
  });
}
