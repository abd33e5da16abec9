/** Whether a port can be listened on: asked before anything is begun that a start that fails would leave behind. */
import { createServer } from 'node:net';
import type { ListenerOptions } from './listener';
import { listenErrorOf } from './listenError';
import type { ListenAddress } from './options';

/** Listens on each for a moment. Rejects with ListenError, naming the first that cannot be. */
export async function checkListenable(
  flag: ListenerOptions['flag'],
  addresses: readonly Pick<ListenAddress, 'host' | 'port'>[],
): Promise<void> {
  for (const { host, port } of addresses) await listenOnce(flag, host === 'localhost' ? '127.0.0.1' : host, port);
}

function listenOnce(flag: ListenerOptions['flag'], host: string, port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    const server = createServer((socket) => socket.destroy());
    server.once('error', (error: NodeJS.ErrnoException) => {
      reject(listenErrorOf({ host, port }, flag, error));
    });
    server.listen(port, host === '' ? undefined : host, () => server.close(() => resolve()));
  });
}
