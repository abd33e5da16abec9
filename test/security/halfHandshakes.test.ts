/** Handshakes of TLS that are begun and not finished, by the hundred: each takes a place and, once it gets so far, work of the processor. */
import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import type { ConnectionOptions } from 'node:tls';
import { makePki, type CertificateFiles, type Pki } from '../tls/support/pki';
import { filesOf, openTlsPort, type TlsPort } from '../tls/support/tlsPort';

/** As many as may be unfinished at a time. */
const PLACES = 1000;

let pki: Pki;
let alice: CertificateFiles;
let port: TlsPort;
let sockets: Socket[];

beforeAll(async () => {
  pki = await makePki();
  alice = await pki.issue('alice');
});

afterAll(() => {
  pki.remove();
});

beforeEach(async () => {
  sockets = [];
  port = await openTlsPort(filesOf(await pki.issue('server'), pki));
});

afterEach(async () => {
  for (const socket of sockets) socket.destroy();
  await port.close();
});

async function begin(count: number, bytes: string): Promise<void> {
  for (let each = 0; each < count; each++) {
    const socket = connect(port.port, '127.0.0.1');
    socket.on('error', () => undefined);
    sockets.push(socket);
    await once(socket, 'connect');
    if (bytes !== '') socket.write(bytes, 'latin1');
  }
}

/** @param from the address of the client; all of 127.0.0.0/8 are this machine */
const served = async (from = '127.0.0.1'): Promise<string> =>
  (await port.ask({ cert: alice.certificate, key: alice.key, localAddress: from } as ConnectionOptions)).text;

test.each([
  ['that say nothing', ''],
  ['that send one byte', '\x16'],
  ['that send half a ClientHello', `\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03${'x'.repeat(100)}`],
])('300 clients %s keep nobody out', async (_, bytes) => {
  await begin(300, bytes);
  expect(port.unfinishedCount()).toBeGreaterThan(200);
  expect(await served()).toBe('served alice');
  for (const socket of sockets) socket.destroy();
  expect(await served()).toBe('served alice');
});

test('when all places are taken the oldest makes room once it has had its second, and it is told once', async () => {
  await begin(PLACES, '\x16');
  expect(port.unfinishedCount()).toBe(PLACES);
  // None of the places has been had for a second: the newest is turned away, or one of those has aged meanwhile.
  await new Promise((resolve) => setTimeout(resolve, 1100));
  expect(await served()).toBe('served alice');
  await begin(50, '\x16');
  expect(port.unfinishedCount()).toBeLessThanOrEqual(PLACES);
  expect(await served()).toBe('served alice');
  expect(port.lines.length).toBeLessThanOrEqual(1);
});

test('a flood from one address keeps nobody out who comes from another', async () => {
  let isOver = false;
  const flood = (async () => {
    while (!isOver) await begin(20, '');
  })();
  await begin(PLACES, '');
  for (let each = 0; each < 10; each++) expect(await served('127.0.0.2')).toBe('served alice');
  isOver = true;
  await flood;
});

test('each is ended when its time is over', async () => {
  await begin(20, '\x16');
  const ended = Promise.all(sockets.map((socket) => once(socket, 'close')));
  await ended;
  expect(port.unfinishedCount()).toBe(0);
  expect(port.lines).toEqual([expect.stringContaining('did not finish in time')]);
});
