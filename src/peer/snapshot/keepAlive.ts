import type { Duplex } from 'node:stream';
import type { PeerContext } from '../context';
import type { Cancel } from '../../platform/clock';
import { snapshotAliveFrame } from '../wire/snapshotCodec';

const PER_SILENCE = 4;

/** Tells the other side of a snapshot stream that this one lives, also while it has nothing to say. */
export function keepAlive(context: PeerContext, socket: Duplex): Cancel {
  return context.clock.every(context.limits.snapshotSilenceMs / PER_SILENCE, () => {
    if (socket.writable && !socket.writableNeedDrain) socket.write(snapshotAliveFrame());
  });
}
