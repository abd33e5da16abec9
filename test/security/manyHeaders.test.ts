/** Very many headers, or very long ones: each costs time and memory before anybody knows who asks. */
import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { heldBytes } from '../support/heldMemory';
import { sendRaw, startUnderTest, until, type ApiUnderTest } from '../api/apiUnderTest';

let api: ApiUnderTest;

beforeAll(async () => {
  api = await startUnderTest();
});

afterAll(async () => {
  await api.server.close(100);
});

const headers = (count: number, line: (n: number) => string): string =>
  Array.from({ length: count }, (_, n) => `${line(n)}\r\n`).join('');

const START = 'GET /v2/keys/a HTTP/1.1\r\nHost: x\r\nConnection: close\r\n';

test.each([
  ['5,000 of the same name', headers(5000, () => 'A: b'), 431],
  ['5,000 of names of their own', headers(5000, (n) => `A${n}: b`), 431],
  ['100,000 of the shortest', headers(100_000, () => 'A:'), 431],
  ['one of two megabytes', `A: ${'b'.repeat(2_000_000)}\r\n`, 431],
  ['a name of two megabytes', `${'a'.repeat(2_000_000)}: b\r\n`, 431],
  ['4,000 cookies', headers(4000, (n) => `Cookie: a${n}=b`), 200],
  ['4,000 that are joined', headers(4000, () => 'X-Forwarded-For: 10.0.0.1'), 200],
  ['one of 900,000 bytes', `A: ${'b'.repeat(900_000)}\r\n`, 200],
  ['an Authorization of 900,000 bytes', `Authorization: Basic ${'YWFh'.repeat(225_000)}\r\n`, 200],
  ['a Via of 900,000 bytes', `Via: ${'1.1 cairn-x, '.repeat(69_000)}\r\n`, 200],
])('%s are answered in the time of their length', async (_, lines, status) => {
  for (const port of [api.clientPort, api.peerPort]) {
    const before = process.cpuUsage();
    const text = await sendRaw(port, `${START}${lines}\r\n`);
    const expected = status === 200 && port === api.peerPort ? 404 : status;
    expect(text.slice(0, 12)).toBe(`HTTP/1.1 ${expected}`);
    // Of the processor, with what the test itself does.
    expect(process.cpuUsage(before).user).toBeLessThan(1_500_000);
  }
});

test('none of it stays in memory', async () => {
  const lines = headers(4000, (n) => `A${n}: ${'b'.repeat(200)}`);
  for (let each = 0; each < 20; each++) await sendRaw(api.clientPort, `${START}${lines}\r\n`);
  const before = await heldBytes();
  for (let each = 0; each < 100; each++) await sendRaw(api.clientPort, `${START}${lines}\r\n`);
  // They were 80 MB together.
  expect((await heldBytes()) - before).toBeLessThan(10 * 1024 * 1024);
});

describe('of 60 clients', () => {
  const CLIENTS = 60;
  const LONG = 'b'.repeat(900_000);
  let sockets: Socket[] = [];
  let answered = 0;

  /** Sends a request on each, and resolves when all of them are where they are to be. */
  const sendAll = async (request: string, isThere: () => boolean): Promise<void> => {
    answered = 0;
    sockets = Array.from({ length: CLIENTS }, () => {
      const socket = connect(api.clientPort, '127.0.0.1');
      socket.on('error', () => undefined);
      socket.on('data', () => answered++);
      socket.write(request, 'latin1');
      return socket;
    });
    await until(isThere);
  };

  const end = async (): Promise<void> => {
    const closed = sockets.map((socket) => once(socket, 'close'));
    for (const socket of sockets) socket.destroy();
    await Promise.all(closed);
    await until(() => api.member.watches.every(({ cancelled }) => cancelled));
    api.member.watches.length = 0;
  };

  const areAnswered = (): boolean => answered >= CLIENTS;
  const areWaiting = (): boolean => api.member.watches.length >= CLIENTS;

  test.each([
    ['that rest after an answer, no headers', 'GET /v2/keys/a HTTP/1.1', 'GET /v2/keys/a HTTP/1.1', areAnswered],
    ['that rest after a change, no headers', 'DELETE /v2/keys/a HTTP/1.1', 'DELETE /v2/keys/a HTTP/1.1', areAnswered],
    ['that wait, no headers', 'GET /v2/keys/a?wait=true HTTP/1.1', 'GET /v2/keys/a?wait=true HTTP/1.1', areWaiting],
    [
      'that wait, no query',
      'GET /v2/keys/a-long-enough-name?wait=true HTTP/1.1',
      `GET /v2/keys/a-long-enough-name?wait=true&x=${LONG} HTTP/1.1`,
      areWaiting,
    ],
    ['that wait by v1, no headers', 'GET /v1/watch/a HTTP/1.1', 'GET /v1/watch/a HTTP/1.1', areWaiting],
    [
      'that wait by v1, no query',
      'GET /v1/watch/a-long-enough-name HTTP/1.1',
      `GET /v1/watch/a-long-enough-name?x=${LONG} HTTP/1.1`,
      areWaiting,
    ],
  ])('%s are held', async (_what, short, long, isThere) => {
    await sendAll(`${short}\r\nHost: x\r\nA: b\r\n\r\n`, isThere);
    await end();
    const before = await heldBytes();
    await sendAll(`${long}\r\nHost: x\r\n${long === short ? `A: ${LONG}` : 'A: b'}\r\n\r\n`, isThere);
    // They were 54 MB together.
    expect((await heldBytes()) - before).toBeLessThan(10 * 1024 * 1024);
    await end();
  });
});
