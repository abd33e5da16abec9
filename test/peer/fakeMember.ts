/** A member made of bare sockets: it shakes hands and confirms what it opened, and otherwise does what a test tells it to. */
import { randomBytes } from 'node:crypto';
import { createServer, type IncomingMessage, type Server } from 'node:http';
import { type AddressInfo, connect, type Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { FEATURE_LEVEL } from '../../src/machine/features';
import { WireWriter } from '../../src/peer/wire/wireWriter';
import { readConfirm, writeConfirmed } from '../../src/peer/wire/confirmCodec';
import { beginFrame, finishFrame, FrameDecoder, FrameType } from '../../src/peer/wire/frames';
import { CLUSTER } from './harness';

/** What a test needs to know of the member it speaks to. */
export interface Target {
  readonly id: string;
  readonly port: number;
}

export function frame(type: number, write: (writer: WireWriter) => unknown = () => undefined): Buffer {
  const writer = new WireWriter();
  const start = beginFrame(writer, type);
  write(writer);
  finishFrame(writer, start);
  return writer.take();
}

export function newNonce(): string {
  return randomBytes(16).toString('hex');
}

/** The request for a stream, as text. */
export function handshake(from: string, target: Target, nonce: string, more: Record<string, string> = {}): string {
  const headers = {
    Host: 'a',
    Connection: 'Upgrade',
    Upgrade: 'cairn-raft/1',
    'X-Server-To': target.id,
    'X-Etcd-Cluster-Id': CLUSTER,
    'X-Server-From': from,
    'X-Server-Version': '2.3.8',
    'X-Min-Cluster-Version': '2.3.0',
    'X-Cairn-Wire': '1',
    'X-Cairn-Nonce': nonce,
    // A program of level 1 is refused by a cluster that has been at a later one for long.
    'X-Cairn-Level': `${FEATURE_LEVEL}`,
    ...more,
  };
  const path = headers.Upgrade === 'cairn-snapshot/1' ? '/raft/snapshot' : '/raft';
  const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`);
  return `GET ${path} HTTP/1.1\r\n${lines.join('')}\r\n`;
}

/** A socket that sent a handshake; nothing that happens to it matters but its end. */
export interface Claim {
  readonly socket: Socket;
  readonly received: () => string;
  readonly isClosed: () => boolean;
}

export function claim(from: string, target: Target, nonce: string, more: Record<string, string> = {}): Claim {
  const socket = connect(target.port, '127.0.0.1');
  let received = '';
  let closed = false;
  socket.on('error', () => undefined);
  socket.on('close', () => (closed = true));
  socket.on('data', (piece: Buffer) => (received += piece.toString('latin1')));
  socket.write(handshake(from, target, nonce, more));
  return { socket, received: () => received, isClosed: () => closed };
}

export interface FakeMember {
  readonly id: string;
  readonly url: string;
  /** Opens a stream that it will confirm. */
  open(target: Target, more?: Record<string, string>): Claim;
  /** How often it was dialed, and asked about a stream. */
  readonly dialed: () => number;
  readonly asked: () => number;
  stop(): Promise<void>;
}

let running: FakeMember[] = [];

export async function stopFakes(): Promise<void> {
  await Promise.all(running.map((fake) => fake.stop()));
  running = [];
}

export async function startFake(id: string): Promise<FakeMember> {
  const own = new Set<string>();
  const sockets = new Set<Duplex>();
  let dialed = 0;
  let asked = 0;
  const server = createServer((_request, response) => response.writeHead(404).end());
  server.on('upgrade', (_request: IncomingMessage, socket: Duplex) => {
    dialed += 1;
    sockets.add(socket);
    socket.on('error', () => undefined);
    socket.write(
      'HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: cairn-raft/1\r\n' +
        `X-Etcd-Cluster-Id: ${CLUSTER}\r\nX-Server-From: ${id}\r\n\r\n`,
    );
    socket.write(frame(FrameType.welcome));
    const decoder = new FrameDecoder(64 * 1024 * 1024, (type, body) => {
      if (type !== FrameType.confirm) return;
      asked += 1;
      const nonce = readConfirm(body);
      socket.write(frame(FrameType.confirmed, (writer) => writeConfirmed(writer, { nonce, isOurs: own.has(nonce) })));
    });
    socket.on('data', (piece: Buffer) => decoder.push(piece));
  });
  await listen(server);
  const fake: FakeMember = {
    id,
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    open: (target, more) => {
      const nonce = newNonce();
      own.add(nonce);
      const opened = claim(id, target, nonce, more);
      sockets.add(opened.socket);
      return opened;
    },
    dialed: () => dialed,
    asked: () => asked,
    stop: async () => {
      for (const socket of sockets) socket.destroy();
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
  running.push(fake);
  return fake;
}

function listen(server: Server): Promise<void> {
  return new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
}
