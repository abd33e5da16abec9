/** The end of a connection whose client may still be sending. */
import type { Duplex } from 'node:stream';

/**
 * How long the other side may take to see the end before the socket goes, as Go's server: at once would reset the connection, and the
 * machine would send nothing more of what it has.
 */
const LINGER_MS = 500;
/** The same for one that goes on sending, and so would be reset whenever the socket goes. */
const LINGER_SENDING_MAX_MS = 10_000;

/**
 * Writes the last bytes and ends. Once the machine has all of them, the socket is gone soon after, whatever the client does; until then it is for
 * its owner to cut a client that takes nothing.
 */
export function closeGently(socket: Duplex, lastBytes = ''): void {
  if (socket.destroyed) return;
  if (!socket.writableEnded) socket.end(lastBytes, 'latin1');
  if (socket.writableFinished) linger(socket);
  else
    socket.once('finish', () => {
      linger(socket);
    });
  socket.resume();
}

function linger(socket: Duplex): void {
  const startedMs = performance.now();
  const cut = setTimeout(() => socket.destroy(), LINGER_MS);
  socket.on('data', () => {
    if (performance.now() - startedMs < LINGER_SENDING_MAX_MS) cut.refresh();
  });
  socket.once('close', () => {
    clearTimeout(cut);
  });
}
