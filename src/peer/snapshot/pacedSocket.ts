import type { Duplex } from 'node:stream';
import type { PeerContext } from '../context';
import { PaceAccount, USUAL_PACE } from '../../platform/pace';
import { SnapshotError } from './snapshotError';

const TOO_SLOW = 'the peer took too little for too long';

/** The way out of a snapshot stream, for as long as the peer takes what is sent at the usual pace. */
export class PacedSocket {
  private readonly account: PaceAccount;

  constructor(
    private readonly context: PeerContext,
    private readonly socket: Duplex,
  ) {
    this.account = new PaceAccount({ ...USUAL_PACE, partMaxMs: context.limits.snapshotStallMs });
  }

  /** Resolves when the socket can take more, so that one chunk at a time is in memory. Rejects with SnapshotError. */
  async write(frame: Buffer): Promise<void> {
    const { context, socket, account } = this;
    if (!socket.writable) throw new SnapshotError('the connection was closed in the middle');
    account.sent(frame.length);
    if (socket.write(frame)) return;
    const startMs = context.monotonicMs();
    await this.drained(account.leftMs);
    account.waited(context.monotonicMs() - startMs);
    if (account.leftMs === 0) throw new SnapshotError(TOO_SLOW);
  }

  private drained(limitMs: number): Promise<void> {
    const { clock, limits } = this.context;
    const { socket } = this;
    return new Promise((resolve, reject) => {
      const settle = (error?: SnapshotError): void => {
        cancel();
        socket.off('drain', drained);
        socket.off('close', closed);
        if (error === undefined) resolve();
        else reject(error);
      };
      const drained = (): void => {
        settle();
      };
      const closed = (): void => {
        settle(new SnapshotError('the connection was closed in the middle'));
      };
      const cancel = clock.after(limitMs, () => {
        const isStalled = limitMs === limits.snapshotStallMs;
        settle(new SnapshotError(isStalled ? `the peer took nothing for ${limitMs} ms` : TOO_SLOW));
      });
      socket.on('drain', drained);
      socket.on('close', closed);
    });
  }
}
