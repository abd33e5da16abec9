/** Of which clients nobody would notice that they have gone: what they sent ahead fills all that is read of it, and their sockets are not read. */
import type { Socket } from 'node:net';

const connections = new WeakMap<Socket, () => boolean>();

/** For the connection that reads the socket. */
export function watchOver(socket: Socket, isUnheard: () => boolean): void {
  connections.set(socket, isUnheard);
}

export function isUnheard(socket: Socket | null): boolean {
  return socket !== null && connections.get(socket)?.() === true;
}
