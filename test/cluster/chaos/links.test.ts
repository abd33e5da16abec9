import { connect, createServer } from 'node:net';
import type { Server, Socket } from 'node:net';
import { stablePort } from '../../support/ports';
import { sleep, until } from '../waiting';
import { Links } from './links';

const HEAD = (id: string): string => `GET /raft HTTP/1.1\r\nX-Server-From: ${id}\r\n\r\n`;

/** By id. */
let names: Map<string, string>;
let links: Links;
let server: Server;
let url: string;
/** What arrived at the member `b`, and the sockets it came on. */
let arrived = '';
const accepted: Socket[] = [];
const dialed: Socket[] = [];

beforeEach(async () => {
  names = new Map([
    ['aa', 'a'],
    ['cc', 'c'],
  ]);
  links = new Links((id) => names.get(id));
  arrived = '';
  const port = await stablePort();
  server = createServer((socket) => {
    accepted.push(socket);
    socket.on('error', () => socket.destroy());
    socket.on('data', (piece) => (arrived += piece.toString()));
  });
  await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve));
  url = await links.inFrontOf('b', port);
});

afterEach(async () => {
  links.close();
  for (const socket of [...accepted.splice(0), ...dialed.splice(0)]) socket.destroy();
  await new Promise((resolve) => server.close(resolve));
});

function dial(id: string): { socket: Socket; heard: () => string; isClosed: () => boolean } {
  const socket = connect({ host: '127.0.0.1', port: Number(new URL(url).port) });
  dialed.push(socket);
  let text = '';
  let closed = false;
  socket.on('error', () => undefined);
  socket.on('close', () => (closed = true));
  socket.on('data', (piece) => (text += piece.toString()));
  socket.write(HEAD(id));
  return { socket, heard: () => text, isClosed: () => closed };
}

const arrivedIs = (text: string): Promise<boolean> =>
  until(`${text} arrives`, 60_000, () => (arrived === text ? true : undefined));

test('an open link carries everything, the handshake included, both ways', async () => {
  const { socket, heard } = dial('aa');
  socket.write('one');
  await arrivedIs(`${HEAD('aa')}one`);
  accepted[0]!.write('two');
  await until('the answer arrives', 60_000, () => heard() === 'two' || undefined);
});

test('one direction can be held up while the other stays open; what was held arrives late, in order', async () => {
  const { socket, heard } = dial('aa');
  await arrivedIs(HEAD('aa'));
  links.set('a', 'b', { kind: 'held' });
  socket.write('one');
  socket.write('two');
  accepted[0]!.write('back');
  await until('the answer arrives', 60_000, () => heard() === 'back' || undefined);
  await sleep(50);
  expect(arrived).toBe(HEAD('aa'));
  links.heal(false);
  await arrivedIs(`${HEAD('aa')}onetwo`);
});

test('a held link concerns its pair only, and new connections too', async () => {
  links.set('a', 'b', { kind: 'held' });
  dial('aa');
  dial('cc').socket.write('from c');
  await arrivedIs(`${HEAD('cc')}from c`);
});

test('a link that is older than the name of who dialled is held too, and ended', async () => {
  names.clear();
  const { socket, isClosed } = dial('aa');
  await arrivedIs(HEAD('aa'));
  links.set('a', 'b', { kind: 'held' });
  expect(links.hasHeld('a', 'b')).toBe(false);
  links.heal(true);
  names.set('aa', 'a');
  links.set('a', 'b', { kind: 'held' });
  expect(links.hasHeld('a', 'b')).toBe(true);
  socket.write('one');
  await sleep(50);
  expect(arrived).toBe(HEAD('aa'));
  links.heal(true);
  await until('it ends', 60_000, () => isClosed() || undefined);
});

test('healing with a reset ends the connections that were held, and no others', async () => {
  const held = dial('aa');
  const open = dial('cc');
  await until('both are there', 60_000, () => accepted.length === 2 || undefined);
  links.set('b', 'a', { kind: 'held' });
  links.heal(true);
  await until('the held one ends', 60_000, () => held.isClosed() || undefined);
  expect(open.isClosed()).toBe(false);
});

test('a slow link delays and keeps the order', async () => {
  const { socket } = dial('aa');
  await arrivedIs(HEAD('aa'));
  links.set('a', 'b', { kind: 'slow', delayMs: 150 });
  const startMs = performance.now();
  socket.write('one');
  await sleep(20);
  socket.write('two');
  await arrivedIs(`${HEAD('aa')}onetwo`);
  expect(performance.now() - startMs).toBeGreaterThan(140);
});
