/** What clumsy and hostile clients send: each gets a defined answer in bounded time, the process and the log nothing of it. */
import { connect } from 'node:net';
import type { ApiUnderTest } from '../apiUnderTest';
import { startUnderTest } from '../apiUnderTest';

let api: ApiUnderTest;

beforeAll(async () => {
  api = await startUnderTest({ headerTimeoutMs: 400, bodyTimeoutMs: 400 });
});

afterAll(async () => {
  await api.server.close(100);
});

interface Outcome {
  /** The status line of the first answer; empty: none. */
  readonly status: string;
  readonly isClosed: boolean;
}

/** An answer comes within this, on whatever machine. */
const ANSWERED_WITHIN_MS = 30_000;

/** Sends it and waits until the connection is closed, or has stayed open for so long after an answer began. */
function send(bytes: string, openForMs = 3000): Promise<Outcome> {
  return new Promise((resolve) => {
    const socket = connect({ port: api.clientPort, host: '127.0.0.1', allowHalfOpen: true });
    let text = '';
    const finish = (isClosed: boolean): void => {
      clearTimeout(timer);
      socket.destroy();
      resolve({ status: text.slice(0, Math.max(0, text.indexOf('\r\n'))), isClosed });
    };
    const isOpen = (): void => {
      finish(false);
    };
    let timer = setTimeout(isOpen, ANSWERED_WITHIN_MS);
    socket.setEncoding('latin1');
    socket.on('data', (chunk: string) => {
      if (text === '') {
        clearTimeout(timer);
        timer = setTimeout(isOpen, openForMs);
      }
      text += chunk;
    });
    socket.on('error', () => undefined);
    socket.on('end', () => {
      finish(true);
    });
    socket.on('close', () => {
      finish(true);
    });
    socket.write(bytes, 'latin1');
  });
}

const BAD = '400 Bad Request';

test.each([
  ['two Host headers', 'GET /version HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n', BAD],
  ['two equal Host headers', 'GET /version HTTP/1.1\r\nHost: a\r\nhost: a\r\n\r\n', BAD],
  ['no Host header', 'GET /version HTTP/1.1\r\n\r\n', `${BAD}: missing required Host header`],
  ['a Host that is none', 'GET /version HTTP/1.1\r\nHost: a b/\r\n\r\n', `${BAD}: malformed Host header`],
  ['HTTP/0.9', 'GET /version HTTP/0.9\r\nHost: a\r\n\r\n', BAD],
  ['HTTP/2.0', 'GET /version HTTP/2.0\r\nHost: a\r\n\r\n', BAD],
  ['a version of no meaning', 'GET /version HTTP/x\r\nHost: a\r\n\r\n', BAD],
  ['no version', 'GET /version\r\nHost: a\r\n\r\n', BAD],
  ['CONNECT', 'CONNECT a:80 HTTP/1.1\r\nHost: a\r\n\r\n', '404 Not Found'],
  [
    'CONNECT with a tunnel behind it',
    `CONNECT a:80 HTTP/1.1\r\nHost: a\r\n\r\n${'x'.repeat(100_000)}`,
    '404 Not Found',
  ],
  ['GET *', 'GET * HTTP/1.1\r\nHost: a\r\n\r\n', BAD],
  ['a header without a colon', 'GET /version HTTP/1.1\r\nHost: a\r\nnocolon\r\n\r\n', BAD],
  ['a space before the colon', 'GET /version HTTP/1.1\r\nHost: a\r\nA : b\r\n\r\n', BAD],
  ['a NUL in a header', 'GET /version HTTP/1.1\r\nHost: a\r\nA: b\0c\r\n\r\n', BAD],
  ['a NUL in the path', 'GET /v2/keys/a\0b HTTP/1.1\r\nHost: a\r\n\r\n', BAD],
  ['a bad escape', 'GET /v2/keys/a%zz HTTP/1.1\r\nHost: a\r\n\r\n', BAD],
  ['half an escape', 'GET /v2/keys/a% HTTP/1.1\r\nHost: a\r\n\r\n', BAD],
  ['a TLS ClientHello', `\x16\x03\x01\x00\xa5\x01\x00\x00\xa1\x03\x03${'x'.repeat(160)}`, BAD],
  ['an SSH greeting', 'SSH-2.0-OpenSSH_9.2\r\n', BAD],
  ['the preface of HTTP/2', 'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n', BAD],
  [
    'an expectation nobody knows',
    'GET /version HTTP/1.1\r\nHost: a\r\nExpect: a miracle\r\n\r\n',
    '417 Expectation Failed',
  ],
  [
    'headers beyond the limit',
    `GET / HTTP/1.1\r\nHost: a\r\nA: ${'x'.repeat(1_100_000)}\r\n\r\n`,
    '431 Request Header Fields Too Large',
  ],
  [
    'a request line beyond the limit',
    `GET /${'x'.repeat(1_100_000)} HTTP/1.1\r\n`,
    '431 Request Header Fields Too Large',
  ],
  [
    'very many headers',
    `GET / HTTP/1.1\r\nHost: a\r\n${'A: b\r\n'.repeat(5000)}\r\n`,
    '431 Request Header Fields Too Large',
  ],
  ['two lengths', 'PUT /v2/keys/a HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nab', BAD],
  ['a length below zero', 'PUT /v2/keys/a HTTP/1.1\r\nHost: a\r\nContent-Length: -1\r\n\r\n', BAD],
  ['headers that do not end', 'GET / HTTP/1.1\r\nHost: a\r\nA: ', '408 Request Timeout'],
  ['a request line that does not end', 'GET /', '408 Request Timeout'],
  [
    'a body that does not come',
    'PUT /v2/keys/a HTTP/1.1\r\nHost: a\r\nContent-Length: 9\r\n\r\n',
    '408 Request Timeout',
  ],
])('%s is answered and the connection closed', async (_name, bytes, status) => {
  const before = api.logged.length;
  const outcome = await send(bytes);
  expect(outcome.isClosed).toBe(true);
  // Node closes after the preface of HTTP/2 before the answer is out.
  if (!bytes.startsWith('PRI')) expect(outcome.status).toBe(`HTTP/1.1 ${status}`);
  const lines = api.logged.slice(before);
  // A client that is meant for another kind of port is told of, for there is something to do about it (test/tls/plainPort.test.ts).
  const isTls = bytes.startsWith('\x16\x03');
  expect(lines.filter(({ level }) => Number(level) > (isTls ? 40 : 20))).toEqual([]);
  expect(lines.length).toBeLessThanOrEqual(1);
  expect(api.member.commands).toEqual([]);
});

test.each([
  ['an absolute target', 'GET http://somewhere/version HTTP/1.1\r\nHost: x\r\n\r\n', '200 OK'],
  ['an absolute target with user and port', 'GET http://a:b@[::1]:2379/version HTTP/1.1\r\nHost: x\r\n\r\n', '200 OK'],
  ['OPTIONS *', 'OPTIONS * HTTP/1.1\r\nHost: x\r\n\r\n', '200 OK'],
  ['an empty Host', 'GET /version HTTP/1.1\r\nHost:\r\n\r\n', '200 OK'],
  [
    'an upgrade to h2c',
    'GET /version HTTP/1.1\r\nHost: x\r\nConnection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\n\r\n',
    '200 OK',
  ],
  [
    'an upgrade to websocket',
    'GET /version HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n',
    '200 OK',
  ],
  ['TRACE', 'TRACE /version HTTP/1.1\r\nHost: x\r\n\r\n', '405 Method Not Allowed'],
  [
    '3,000 headers',
    `GET /version HTTP/1.1\r\nHost: x\r\n${Array.from({ length: 3000 }, (_value, n) => `X-${n}: y\r\n`).join('')}\r\n`,
    '200 OK',
  ],
  ['empty lines before the request', '\r\n\r\nGET /version HTTP/1.1\r\nHost: x\r\n\r\n', '200 OK'],
])('%s is served as etcd serves it, and the connection goes on', async (_name, bytes, status) => {
  expect(await send(bytes, 300)).toEqual({ status: `HTTP/1.1 ${status}`, isClosed: false });
});

// What reads such a target for the router throws, or warns on the standard error: it was told as a fault of Cairn, with a stack, for each request.
test.each([
  'http://[/version',
  'http://a]/version',
  'http://a:b:c/version',
  'http://a:b/version',
  'http://xn--a/version',
])('the target %s is bad, or is read without its host, and is no fault of the member', async (target) => {
  const before = api.logged.length;
  const { status } = await send(`GET ${target} HTTP/1.1\r\nHost: x\r\n\r\n`, 300);
  expect(status).toBe(target.includes('xn--') ? 'HTTP/1.1 200 OK' : 'HTTP/1.1 400 Bad Request');
  expect(api.logged.slice(before).filter(({ level }) => Number(level) > 20)).toEqual([]);
});

test('the last of very many headers counts', async () => {
  const lines = Array.from({ length: 3000 }, (_value, n) => `X-${n}: y\r\n`).join('');
  const type = 'Content-Type: application/x-www-form-urlencoded\r\n';
  const { status } = await send(
    `PUT /v2/keys/a HTTP/1.1\r\nHost: x\r\nContent-Length: 7\r\n${lines}${type}\r\nvalue=1`,
    500,
  );
  expect(status).toMatch(/ 20[01] /);
  expect(api.member.commands.splice(0)).toMatchObject([{ type: 'set', value: '1' }]);
});

test.each([
  ['headers', 'GET /version HTTP/1.1\r\nHost: x\r\n', 'X'],
  ['a body', 'PUT /v2/keys/a HTTP/1.1\r\nHost: x\r\nContent-Length: 99999\r\n\r\n', 'v'],
])('%s that come byte by byte end with 408', async (_name, head, drop) => {
  const answer = await new Promise<string>((resolve) => {
    const socket = connect({ port: api.clientPort, host: '127.0.0.1' });
    let text = '';
    const timer = setInterval(() => socket.write(drop), 50);
    socket.on('data', (chunk: Buffer) => {
      text += chunk.toString('latin1');
    });
    socket.on('error', () => undefined);
    socket.on('close', () => {
      clearInterval(timer);
      resolve(text);
    });
    socket.write(head);
  });
  expect(answer).toMatch(/^HTTP\/1\.1 408 Request Timeout\r\n/);
  expect(api.member.commands).toEqual([]);
});
