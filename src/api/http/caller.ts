/** Who asks, in words for the log. */
import type { IncomingMessage } from 'node:http';

const users = new WeakMap<IncomingMessage, string>();

/** For who has shown that the name is his; a name that was only claimed does not belong here. */
export function setUser(request: IncomingMessage, name: string): void {
  users.set(request, name);
}

/** Undefined: nobody had to say who he is. */
export function userOf(request: IncomingMessage): string | undefined {
  return users.get(request);
}

/** The user, and the address of the other end of the connection; headers that claim another one are anybody's to write. */
export function callerOf(request: IncomingMessage): string {
  const address = addressOf(request.socket.remoteAddress) ?? 'somebody who has gone';
  const user = userOf(request);
  return user === undefined ? address : `${user} at ${address}`;
}

/** An IPv4 address that comes in by a socket for both kinds is shown as one. */
export function addressOf(remote: string | undefined): string | undefined {
  return remote?.replace(/^::ffff:(?=\d+\.\d+\.\d+\.\d+$)/, '');
}
