/** Who asks, in words for the log. */
import type { IncomingMessage } from 'node:http';

/** The address of the other end of the connection; headers that claim another one are anybody's to write. */
export function callerOf({ socket }: IncomingMessage): string {
  return addressOf(socket.remoteAddress) ?? 'somebody who has gone';
}

/** An IPv4 address that comes in by a socket for both kinds is shown as one. */
export function addressOf(remote: string | undefined): string | undefined {
  return remote?.replace(/^::ffff:(?=\d+\.\d+\.\d+\.\d+$)/, '');
}
