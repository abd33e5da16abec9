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

const PROTOCOL: StreamProtocol = 'cairn-snapshot/1';

/** A snapshot that did not arrive, or was not taken. */
export class SnapshotError extends Error {
  override readonly name = 'SnapshotError';
}

/**
 * Streams the state up to `start` to a peer; one chunk is one frame, and the next is asked for when the peer has read so far.
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
  await write(context, socket, snapshotHeaderFrame(start));
  let count = 0;
  let bytes = 0;
  let checksum = 0;
  for await (const chunk of chunks) {
    count += 1;
    bytes += chunk.length;
    checksum = crc32(chunk, checksum);
    await write(context, socket, snapshotChunkFrame(chunk));
  }
  await write(context, socket, snapshotEndFrame({ chunks: count, bytes, checksum }));
}

/** Resolves when the socket can take more, so that one chunk at a time is in memory. */
function write(context: PeerContext, socket: Duplex, frame: Buffer): Promise<void> {
  if (!socket.writable) return Promise.reject(new SnapshotError('the connection was closed in the middle'));
  if (socket.write(frame)) return Promise.resolve();
  return new Promise((resolve, reject) => {
    const settle = (error: SnapshotError | undefined): void => {
      cancel();
      socket.off('drain', drained);
      socket.off('close', closed);
      if (error === undefined) resolve();
      else reject(error);
    };
    const drained = (): void => {
      settle(undefined);
    };
    const closed = (): void => {
      settle(new SnapshotError('the connection was closed in the middle'));
    };
    const cancel = context.clock.after(context.limits.snapshotStallMs, () => {
      settle(new SnapshotError(`the peer took nothing for ${context.limits.snapshotStallMs} ms`));
    });
    socket.on('drain', drained);
    socket.on('close', closed);
  });
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
