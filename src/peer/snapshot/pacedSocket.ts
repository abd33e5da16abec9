import type { Duplex } from 'node:stream';
import { PacedReader, USUAL_PACE } from '../../platform/pace';
import type { PeerContext } from '../context';
import { SnapshotError } from './snapshotError';

/** The way out of a snapshot stream, for as long as the peer takes what is sent at the usual pace. */
export class PacedSocket {
  private readonly peer: PacedReader;

  constructor(
    private readonly context: PeerContext,
    private readonly socket: Duplex,
  ) {
    const { clock, monotonicMs, limits } = context;
    const time = { monotonicMs, after: clock.after.bind(clock) };
    this.peer = new PacedReader(socket, time, { ...USUAL_PACE, partMaxMs: limits.snapshotStallMs });
  }

  /** Resolves when the socket can take more, so that one chunk at a time is in memory. Rejects with SnapshotError. */
  async write(frame: Buffer): Promise<void> {
    const { socket, peer, context } = this;
    if (!socket.writable) throw new SnapshotError(CLOSED);
    peer.sent(frame.length);
    if (socket.write(frame)) return;
    switch (await peer.drained()) {
      case 'taken':
        return;
      case 'gone':
        throw new SnapshotError(CLOSED);
      case 'stalled':
        throw new SnapshotError(`the peer took nothing for ${context.limits.snapshotStallMs} ms`);
      case 'behind':
        throw new SnapshotError('the peer took too little for too long');
    }
  }
}

const CLOSED = 'the connection was closed in the middle';
