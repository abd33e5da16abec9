/** A proxy on a free port in front of servers that do what the test tells them to. */
import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { RequestListener, Server } from 'node:http';
import { connect, createServer as createTcpServer } from 'node:net';
import type { AddressInfo, Socket } from 'node:net';
import { parseRequestTarget } from '../../src/api/http/requestTarget';
import type { ProxyOptions } from '../../src/proxy/proxy';
import { startProxy } from '../../src/proxy/proxy';

/** More than any system queues for a backlog of one. */
const QUEUED_MAX = 20;

export interface Upstream {
  readonly url: string;
  /** Method and target of each request, in the order they came in. */
  readonly seen: string[];
  close(): Promise<void>;
}

export interface ProxyUnderTest {
  readonly port: number;
  readonly warnings: object[];
  stop(): Promise<void>;
}

export async function startUpstream(handler: RequestListener): Promise<Upstream> {
  const seen: string[] = [];
  const server = createServer((request, response) => {
    seen.push(`${request.method} ${request.url}`);
    handler(request, response);
  });
  return { url: `http://127.0.0.1:${await listen(server)}`, seen, close: () => close(server) };
}

/** Takes connections, reads what comes and then does `act` with the socket. */
export async function startRawUpstream(act: (socket: Socket, text: string) => void): Promise<Upstream> {
  const seen: string[] = [];
  const sockets = new Set<Socket>();
  const server = createTcpServer((socket) => {
    sockets.add(socket);
    socket.on('error', () => socket.destroy());
    socket.on('data', (data) => {
      const text = data.toString('latin1');
      seen.push(text.split(' ').slice(0, 2).join(' '));
      act(socket, text);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    seen,
    close: () =>
      new Promise((resolve) => {
        for (const socket of sockets) socket.destroy();
        server.close(() => resolve());
      }),
  };
}

/** Takes connections and reads nothing, as a process that stands still. */
export async function startUnreading(): Promise<Pick<Upstream, 'url' | 'close'>> {
  const sockets = new Set<Socket>();
  const server = createTcpServer((socket) => {
    sockets.add(socket);
    socket.on('error', () => socket.destroy());
    socket.pause();
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    close: () =>
      new Promise((resolve) => {
        for (const socket of sockets) socket.destroy();
        server.close(() => resolve());
      }),
  };
}

/** A process that stands still while its queue of connections is full: whoever dials it hears nothing. */
export async function startSwallowing(): Promise<Pick<Upstream, 'url' | 'close'>> {
  const program =
    "const s = require('net').createServer(); s.listen({ port: 0, host: '127.0.0.1', backlog: 1 }, " +
    '() => console.log(s.address().port));';
  const child = spawn(process.execPath, ['-e', program], { stdio: ['ignore', 'pipe', 'ignore'] });
  const [line] = (await once(child.stdout, 'data')) as [Buffer];
  const port = Number(line.toString());
  if (!Number.isInteger(port)) {
    child.kill('SIGKILL');
    throw new Error(`${JSON.stringify(line.toString())} is no port`);
  }
  child.kill('SIGSTOP');
  const queued: Socket[] = [];
  for (let isTaken = true; isTaken && queued.length < QUEUED_MAX;) {
    const socket = connect(port, '127.0.0.1');
    socket.on('error', () => undefined);
    queued.push(socket);
    isTaken = await Promise.race([
      once(socket, 'connect').then(() => true),
      new Promise<boolean>((resolve) => setTimeout(resolve, 300, false)),
    ]);
  }
  return {
    url: `http://127.0.0.1:${port}`,
    close: async () => {
      for (const socket of queued) socket.destroy();
      child.kill('SIGKILL');
      await once(child, 'exit');
    },
  };
}

export async function startProxyUnderTest(
  clientURLs: readonly string[],
  options: Partial<ProxyOptions> = {},
): Promise<ProxyUnderTest> {
  const warnings: object[] = [];
  const ignore = (): void => undefined;
  let port = 0;
  const proxy = await startProxy({
    id: randomBytes(8).toString('hex'),
    ownUrls: () => [],
    peerUrls: ['http://peer:2380'],
    mode: 'on',
    listen: async (handler) => {
      const server = createServer(handler);
      // As the servers of this program are (api/listener.ts).
      Reflect.set(server, 'httpAllowHalfOpen', true);
      port = await listen(server);
      return [{ close: () => close(server) }];
    },
    fetchMembers: () => Promise.resolve({ clusterId: 'c', members: [{ peerURLs: [], clientURLs }] }),
    targetOf: parseRequestTarget,
    failureWaitMs: 5000,
    refreshIntervalMs: 30_000,
    dialTimeoutMs: 500,
    nowMs: () => performance.now(),
    // Keeps the endpoints in the order in which they are given.
    random: () => 0.999,
    logger: { debug: ignore, info: ignore, error: ignore, warn: (fields) => warnings.push(fields) },
    ...options,
  });
  return { port, warnings, stop: () => proxy.stop() };
}

async function listen(server: Server): Promise<number> {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return (server.address() as AddressInfo).port;
}

function close(server: Server): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => resolve());
    server.closeAllConnections();
  });
}
