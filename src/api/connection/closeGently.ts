/** The end of a connection whose client may still be sending. */
import type { Duplex } from 'node:stream';

/** How long the other side may take to see the end before the socket goes, as Go's server: at once would reset the connection. */
const LINGER_MS = 500;

/** Writes the last bytes and ends; whatever the client does, the socket is gone soon after. */
export function closeGently(socket: Duplex, lastBytes = ''): void {
  if (socket.destroyed) return;
  if (!socket.writableEnded) socket.end(lastBytes, 'latin1');
  const cut = setTimeout(() => socket.destroy(), LINGER_MS);
  socket.once('close', () => {
    clearTimeout(cut);
  });
  socket.resume();
}
