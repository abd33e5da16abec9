import { createServer, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface GoneHost {
  readonly url: string;
  /** How many streams it was asked for. */
  readonly asked: () => number;
  close(): void;
}

/**
 * A host of 127.0.0.1 that answers everything with 410.
 *
 * @param echoes says of itself and of the caller all that a real member would say
 */
export async function startGoneHost(echoes: boolean): Promise<GoneHost> {
  const headersFor = ({ headers }: IncomingMessage): Record<string, string> =>
    echoes
      ? {
          'X-Etcd-Cluster-Id': String(headers['x-etcd-cluster-id']),
          'X-Server-From': String(headers['x-server-to']),
          'X-Cairn-Removed': String(headers['x-server-from']),
          'X-Cairn-Nonce': String(headers['x-cairn-nonce']),
        }
      : {};
  const server: Server = createServer((request, response) => response.writeHead(410, headersFor(request)).end());
  let asked = 0;
  server.on('upgrade', (request, socket) => {
    asked += 1;
    socket.on('error', () => undefined);
    const lines = Object.entries(headersFor(request)).map(([name, value]) => `${name}: ${value}\r\n`);
    socket.end(`HTTP/1.1 410 Gone\r\n${lines.join('')}Content-Length: 0\r\n\r\n`);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    asked: () => asked,
    close: () => {
      server.closeAllConnections();
      server.close();
    },
  };
}
