/** Members without consensus: a real HTTP server on a free port of 127.0.0.1, a network, and records of what it called. */
import { createServer, type Server } from 'node:http';
import type { Duplex } from 'node:stream';
import type { PeerClock, PeerLogger } from '../../src/peer/environment';
import { PeerNetwork } from '../../src/peer/network';
import type { PeerNetworkOptions } from '../../src/peer/types';
import type { AppendRequest, Heartbeat, Message } from '../../src/raft/types';
import { startFairClock } from '../support/fairClock';
import { stablePort } from '../support/ports';

export interface LogLine {
  readonly level: string;
  readonly text: string;
  readonly fields: Readonly<Record<string, unknown>>;
}

export class LogRecorder implements PeerLogger {
  readonly lines: LogLine[] = [];
  readonly info = this.method('info');
  readonly warn = this.method('warn');
  readonly error = this.method('error');

  texts(part: string): string[] {
    return this.lines.map(({ text }) => text).filter((text) => text.includes(part));
  }

  private method(level: string): (fields: object, text: string) => void {
    return (fields, text) => {
      this.lines.push({ level, text, fields: { ...fields } });
    };
  }
}

/** Real timers; the wall clock can be wrong. */
export function clockWithOffset(offsetMs: number): PeerClock {
  return {
    now: () => Date.now() + offsetMs,
    every: (intervalMs, run) => {
      const timer = setInterval(run, intervalMs);
      return () => clearInterval(timer);
    },
    after: (delayMs, run) => {
      const timer = setTimeout(run, delayMs);
      return () => clearTimeout(timer);
    },
  };
}

export interface TestNode {
  readonly id: string;
  readonly url: string;
  readonly port: number;
  readonly network: PeerNetwork;
  readonly log: LogRecorder;
  readonly messages: Message[];
  /** How many messages came with each call. */
  readonly batches: number[];
  readonly forwards: { readonly from: string; readonly batch: Uint8Array }[];
  readonly unreachable: string[];
  readonly reachable: string[];
  readonly gone: string[];
  readonly removed: () => number;
  readonly sockets: Set<Duplex>;
  stop(): Promise<void>;
}

/** What a node's `/members` shows; without it there is no such path. */
type Listing = () => readonly { readonly id: string; readonly url: string }[];

function listingJson(members: ReturnType<Listing>): string {
  const rows = members.map(
    ({ id, url }) => `{"id":${BigInt(`0x${id}`)},"peerURLs":["${url}"],"name":"","clientURLs":[]}`,
  );
  return `[${rows.join(',')}]`;
}

const running = new Set<TestNode>();

export async function stopAll(): Promise<void> {
  await Promise.all([...running].map((node) => node.stop()));
}

export const CLUSTER = '34b660d543ad1445';

export async function startNode(
  id: string,
  overrides: Partial<PeerNetworkOptions> & { readonly port?: number; readonly listing?: Listing } = {},
): Promise<TestNode> {
  const server = createServer((request, response) => {
    const listed = request.url === '/members' ? overrides.listing?.() : undefined;
    if (listed === undefined) response.writeHead(404).end();
    else response.writeHead(200, { 'X-Etcd-Cluster-Id': CLUSTER }).end(listingJson(listed));
  });
  const sockets = new Set<Duplex>();
  server.on('connection', (socket) => {
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket));
  });
  // Not one that the system picks: whoever stops may be dialed on, and be back at the same place.
  const port = await listen(server, overrides.port ?? (await stablePort()));
  const log = new LogRecorder();
  const messages: Message[] = [];
  const batches: number[] = [];
  const forwards: { from: string; batch: Uint8Array }[] = [];
  const unreachable: string[] = [];
  const reachable: string[] = [];
  const gone: string[] = [];
  let removed = 0;
  const network = new PeerNetwork({
    id,
    clusterId: CLUSTER,
    serverVersion: '2.3.8',
    minClusterVersion: '2.3.0',
    electionTimeoutMs: 1000,
    clock: clockWithOffset(0),
    random: () => 0.5,
    logger: log,
    onMessages: (received) => {
      messages.push(...received);
      batches.push(received.length);
    },
    onForward: (from, batch) => {
      forwards.push({ from, batch });
    },
    onSnapshot: async (_from, _start, chunks) => {
      for await (const _chunk of chunks);
    },
    onUnreachable: (peer) => {
      unreachable.push(peer);
    },
    onReachable: (peer) => {
      reachable.push(peer);
    },
    onGone: (peer) => {
      gone.push(peer);
    },
    onRemoved: () => {
      removed += 1;
    },
    ...overrides,
  });
  server.on('connection', network.handleConnection);
  server.on('upgrade', network.handleUpgrade);
  const node: TestNode = {
    id,
    url: `http://127.0.0.1:${port}`,
    port,
    network,
    log,
    messages,
    batches,
    forwards,
    unreachable,
    reachable,
    gone,
    removed: () => removed,
    sockets,
    stop: async () => {
      running.delete(node);
      await network.stop();
      for (const socket of sockets) socket.destroy();
      await new Promise((resolve) => server.close(resolve));
    },
  };
  running.add(node);
  return node;
}

function listen(server: Server, port: number): Promise<number> {
  return new Promise((resolve, reject) => {
    server.on('error', reject);
    server.listen(port, '127.0.0.1', () => resolve(port));
  });
}

/** Everyone knows everyone. */
export function introduce(...nodes: readonly TestNode[]): void {
  for (const node of nodes) node.network.setPeers(nodes.map(({ id, url }) => ({ id, urls: [url] })));
}

export function isConnected(from: TestNode, to: TestNode): boolean {
  return from.network.status().peers.some(({ id, connected }) => id === to.id && connected);
}

export async function connected(...nodes: readonly TestNode[]): Promise<void> {
  introduce(...nodes);
  await until(() => nodes.every((from) => nodes.every((to) => from === to || isConnected(from, to))));
}

/** @param limitMs in which the machine had time for everybody */
export async function until(condition: () => boolean, limitMs = 15_000): Promise<void> {
  const passedMs = startFairClock();
  while (!condition()) {
    if (passedMs() > limitMs) throw new Error(`not within ${limitMs} ms: ${condition.toString()}`);
    await pause(5);
  }
}

export function pause(delayMs: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, delayMs));
}

export function heartbeat(from: string, to: string, commit: number): Heartbeat {
  return { type: 'heartbeat', from, to, term: 3, commit, readRound: 0 };
}

/** One entry at `index`, with so many bytes of data. */
export function append(from: string, to: string, index: number, bytes: number): AppendRequest {
  const entry = { kind: 'command', index, term: 3, data: Buffer.alloc(bytes, index & 0xff) } as const;
  return {
    type: 'appendRequest',
    from,
    to,
    term: 3,
    prevLogIndex: index - 1,
    prevLogTerm: 3,
    entries: [entry],
    commit: 0,
  };
}

/** Where nobody listens. */
export async function closedUrl(): Promise<string> {
  return `http://127.0.0.1:${await stablePort()}`;
}
