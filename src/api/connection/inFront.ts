/** Who comes before a server's own listeners, and decides which of its connections they get, and when. */
import type { Server } from 'node:http';
import type { Socket } from 'node:net';

export type Serving = (socket: Socket) => void;

/**
 * From here on each new connection goes to `arrive`, which serves it when it may be served: with TLS that is another socket. Called when all of
 * those are there that are to be behind it.
 *
 * @returns those who were there; one that is added is served too
 */
export function standInFront(server: Server, arrive: (socket: Socket, serve: Serving) => void): Serving[] {
  const behind = server.listeners('connection') as Serving[];
  server.removeAllListeners('connection');
  const serve = (socket: Socket): void => {
    for (const one of behind) one.call(server, socket);
  };
  server.on('connection', (socket: Socket) => {
    arrive(socket, serve);
  });
  return behind;
}
