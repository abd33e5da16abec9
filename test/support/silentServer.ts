/** A server that hangs: it takes each connection and what is said on it, and answers nothing. */
import { once } from 'node:events';
import { createServer, type AddressInfo } from 'node:net';

export interface SilentServer {
  readonly port: number;
  readonly url: string;
  /** The next connection. */
  connected: () => Promise<unknown>;
  close: () => void;
}

export async function silentServer(): Promise<SilentServer> {
  // It reads, though it answers nothing: a socket that nobody reads does not hear that its other end went, and keeps its process.
  const server = createServer((socket) => socket.on('error', () => undefined).resume()).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const url = `http://127.0.0.1:${port}`;
  return { port, url, connected: () => once(server, 'connection'), close: () => server.close() };
}
