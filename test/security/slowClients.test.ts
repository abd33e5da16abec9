/**
 * Slowloris, slow bodies and floods of new connections (CVE-2023-44487 and its kind): whoever sends a byte now and then keeps a connection
 * for as long as the limits say, and nobody else waits for it.
 */
import { connect, type Socket } from 'node:net';
import { ask, startUnderTest, until, type ApiUnderTest } from '../api/apiUnderTest';

const CLIENTS_OF_EACH_KIND = 40;
const TIMEOUT_MS = 2000;

let api: ApiUnderTest;

beforeEach(async () => {
  api = await startUnderTest({ headerTimeoutMs: TIMEOUT_MS, bodyTimeoutMs: TIMEOUT_MS });
});

afterEach(async () => {
  await api.server.close(100);
});

interface Dripping {
  readonly heard: () => string;
  readonly isClosed: () => boolean;
  end(): void;
}

function drip(head: string, drop: string): Dripping {
  const socket: Socket = connect(api.clientPort, '127.0.0.1');
  let heard = '';
  let isClosed = false;
  const timer = setInterval(() => socket.write(drop), 100);
  socket.on('data', (piece: Buffer) => (heard += piece.toString('latin1')));
  socket.on('error', () => undefined);
  socket.on('close', () => {
    clearInterval(timer);
    isClosed = true;
  });
  if (head !== '') socket.write(head);
  return {
    heard: () => heard,
    isClosed: () => isClosed,
    end: () => {
      clearInterval(timer);
      socket.destroy();
    },
  };
}

const PUT = 'PUT /v2/keys/a HTTP/1.1\r\nHost: x\r\nContent-Type: application/x-www-form-urlencoded\r\n';

/** What they send at once, and what they send again and again. */
const KINDS: readonly (readonly [head: string, drop: string])[] = [
  ['GET /v2/ke', 'y'],
  ['GET /v2/keys/a HTTP/1.1\r\nHost: x\r\n', 'X-a: b\r\n'],
  ['GET /v2/keys/a HTTP/1.1\r\nHost: x\r\nX: ', 'y'],
  ['', '\r\n'],
  [`${PUT}Content-Length: 100000\r\n\r\nvalue=`, 'v'],
  [`${PUT}Transfer-Encoding: chunked\r\n\r\n`, '1\r\nv\r\n'],
  [`${PUT}Transfer-Encoding: chunked\r\n\r\n`, '0'],
  [`${PUT}Transfer-Encoding: chunked\r\n\r\n1;`, 'a'],
  [`${PUT}Transfer-Encoding: chunked\r\n\r\n0\r\n`, 'X-a: b\r\n'],
  [`${PUT.replace(/\S+urlencoded/, 'multipart/form-data; boundary=x')}Content-Length: 90000\r\n\r\n--x`, '-'],
];

test('requests that come byte by byte, from many clients, end in time, and others are served meanwhile', async () => {
  const clients = KINDS.flatMap(([head, drop]) =>
    Array.from({ length: CLIENTS_OF_EACH_KIND }, () => ({ head, ...drip(head, drop) })),
  );
  try {
    const times: number[] = [];
    const startMs = performance.now();
    while (performance.now() - startMs < TIMEOUT_MS - 500) {
      const askedMs = performance.now();
      expect((await ask(api.clientPort, 'GET', '/v2/keys/other')).status).toBe(200);
      times.push(performance.now() - askedMs);
    }
    times.sort((one, other) => one - other);
    // A few milliseconds on a quiet machine.
    expect(times[Math.floor(times.length / 2)]).toBeLessThan(250);
    await until(() => clients.every((client) => client.isClosed()));
    expect(api.member.commands).toEqual([]);
    for (const { head, heard } of clients)
      expect([head, heard()]).toEqual([head, expect.stringMatching(/^(HTTP\/1\.1 408 |$)/)]);
    // No line of the log for each of them.
    expect(api.logged.filter(({ level }) => Number(level) > 20)).toEqual([]);
  } finally {
    for (const client of clients) client.end();
  }
});

test('connections that are opened and closed at once, by the hundred, leave nothing behind', async () => {
  for (let round = 0; round < 10; round++) {
    const sockets = Array.from({ length: 100 }, () => connect(api.clientPort, '127.0.0.1'));
    for (const socket of sockets) socket.on('error', () => undefined);
    await Promise.all(sockets.map((socket) => new Promise((resolve) => socket.on('connect', resolve))));
    for (const socket of sockets) {
      if (round % 2 === 0) socket.resetAndDestroy();
      else socket.destroy();
    }
    expect((await ask(api.clientPort, 'GET', '/v2/keys/other')).status).toBe(200);
  }
  expect(api.logged.filter(({ level }) => Number(level) > 20)).toEqual([]);
});
