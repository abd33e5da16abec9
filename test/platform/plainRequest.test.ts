/** Every answer that a raw server can think of ends a plain request, and within its timeout. */
import { connect, createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import { systemTls } from '../../src/tls/clientTls';
import { tlsDial } from '../../src/tls/dial';
import { followingRequest, plainRequest, type PlainRequest } from '../../src/platform/plainRequest';
import type { RequestBody } from '../../src/platform/requestBody';

const TIMEOUT_MS = 400;
const HINTS = 'HTTP/1.1 103 Early Hints\r\n\r\n'.repeat(1000);
const sockets = new Set<Socket>();
let server: Server;

async function serve(answer: (socket: Socket) => void): Promise<string> {
  server = createServer((socket) => {
    sockets.add(socket);
    socket.on('error', () => undefined);
    socket.once('data', () => {
      answer(socket);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

afterEach(async () => {
  for (const socket of sockets) socket.destroy();
  sockets.clear();
  await new Promise((resolve) => server.close(resolve));
});

/** The reason; fails the test if there is none long after the timeout. */
async function reasonOf(url: string): Promise<string> {
  const asked = plainRequest({ method: 'GET', url, timeoutMs: TIMEOUT_MS, answerBytesMax: 100 });
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<string>((resolve) => {
    timer = setTimeout(() => {
      resolve('never settled');
    }, 30_000);
  });
  const reason = asked.then(
    () => 'answered',
    (error: unknown) => (error as Error).message,
  );
  const first = await Promise.race([reason, late]);
  clearTimeout(timer);
  return first;
}

const every = (socket: Socket, text: string, intervalMs = 20): void => {
  const timer = setInterval(() => socket.write(text), intervalMs);
  socket.on('close', () => {
    clearInterval(timer);
  });
};

it.each<[string, (socket: Socket) => void, RegExp]>([
  ['an upgrade', (socket) => socket.write('HTTP/1.1 101 S\r\nConnection: Upgrade\r\nUpgrade: x\r\n\r\n'), /status 101/],
  [
    'an upgrade and the end',
    (socket) => socket.end('HTTP/1.1 101 S\r\nConnection: Upgrade\r\nUpgrade: x\r\n\r\n'),
    /101/,
  ],
  ['hints without an end', (socket) => every(socket, 'HTTP/1.1 103 Early Hints\r\n\r\n', 100), /timeout/],
  ['a flood of hints', (socket) => socket.write(HINTS), /more than 16 answers before the answer/],
  ['a flood of continues', (socket) => socket.write(HINTS.replaceAll('103 E', '100 C')), /more than 16 answers/],
  ['nothing', () => undefined, /timeout/],
  ['nothing and the end', (socket) => socket.end(), /hang up/],
  ['headers only', (socket) => socket.write('HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n'), /timeout/],
  ['half a body and the end', (socket) => socket.end('HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nx'), /abort|closed/],
  [
    'trailers without an end',
    (socket) => {
      socket.write('HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n');
      every(socket, 'X-A: b\r\n');
    },
    /timeout|[Oo]verflow/,
  ],
  [
    'that it speaks TLS',
    (socket) => socket.end('HTTP/1.0 400 Bad Request\r\n\r\nClient sent an HTTP request to an HTTPS server.\n'),
    /127\.0\.0\.1:\d+ speaks TLS there.*write its URL with https/,
  ],
])('%s', async (_, answer, reason) => {
  expect(await reasonOf(await serve(answer))).toMatch(reason);
});

/** What the server at the other end is told, and the answer, as text. */
async function exchange(
  request: Partial<PlainRequest>,
  answers: readonly string[],
): Promise<{ heads: string[]; answer: Awaited<ReturnType<typeof followingRequest>> }> {
  const heads: string[] = [];
  const url = await serve((socket) => {
    socket.end(answers[Math.min(heads.length, answers.length) - 1] ?? '');
  });
  server.on('connection', (socket: Socket) => {
    socket.prependOnceListener('data', (bytes) => heads.push(bytes.toString('latin1')));
  });
  const port = Number(new URL(url).port);
  const dial = (): Socket => connect(port, '127.0.0.1');
  const answer = await followingRequest({
    method: 'GET',
    url: 'http://there/a?b=c',
    timeoutMs: 5000,
    answerBytesMax: 1000,
    dial,
    ...request,
  });
  return { heads, answer };
}

const OK = 'HTTP/1.1 200 OK\r\nX-Etcd-Index: 7\r\nContent-Length: 5\r\n\r\nthere';

it.each([1, 22, 6000, 6667, 10080])('port %i, which browsers and fetch do not ask, is asked', async (port) => {
  const { heads, answer } = await exchange({ url: `http://there:${port}/readyz` }, [OK]);
  expect(answer).toMatchObject({ status: 200, text: 'there', headers: { 'x-etcd-index': '7' } });
  expect(heads).toEqual([`GET /readyz HTTP/1.1\r\nHost: there:${port}\r\nConnection: close\r\n\r\n`]);
});

it.each<[RequestBody | undefined, RegExp]>([
  [{ form: { value: 'a b&c', ttl: '5' } }, /x-www-form-urlencoded\r\nContent-Length: 19\r\n\r\nvalue=a\+b%26c&ttl=5$/s],
  [{ json: { peerURLs: ['é'] } }, /application\/json\r\nContent-Length: 19\r\n\r\n\{"peerURLs":\["Ã©"\]\}$/s],
  [undefined, /Content-Length: 0\r\n/],
])('a body goes as what it is: %j', async (body, told) => {
  const { heads } = await exchange({ method: 'PUT', body }, [OK]);
  expect(heads.join('')).toMatch(told);
});

it.each([301, 302, 307, 308])('status %i with a place: the same is asked there', async (status) => {
  const moved = `HTTP/1.1 ${status} Moved\r\nLocation: /there?x=1\r\nContent-Length: 0\r\n\r\n`;
  const { heads, answer } = await exchange({ method: 'PUT', body: { form: { value: 'x' } } }, [moved, OK]);
  expect(answer.status).toBe(200);
  expect(heads.map((head) => /^PUT (\S+) .*value=x$/s.exec(head)?.[1])).toEqual(['/a?b=c', '/there?x=1']);
});

it('what was asked by https is not asked again in the clear', async () => {
  const moved = 'HTTP/1.1 307 Moved\r\nLocation: http://there/a\r\nContent-Length: 0\r\n\r\n';
  await expect(exchange({ url: 'HTTPS://there/a' }, [moved, OK])).rejects.toThrow(
    'the answer of there points to http://there, which is not encrypted',
  );
});

it('redirections have an end', async () => {
  const { heads, answer } = await exchange({}, ['HTTP/1.1 307 Again\r\nLocation: /a\r\nContent-Length: 0\r\n\r\n']);
  expect(answer.status).toBe(307);
  expect(heads).toHaveLength(6);
});

it('an answer beyond the limit ends the request', async () => {
  const long = exchange({ answerBytesMax: 4 }, [OK]);
  await expect(long).rejects.toThrow('the answer is longer than 4 bytes');
});

it.each(['before', 'while'])('a signal ends it, %s it is under way', async (when) => {
  const stop = new AbortController();
  const reason = new Error('asked to');
  if (when === 'before') stop.abort(reason);
  const asked = exchange({ signal: stop.signal, timeoutMs: 60_000 }, ['']);
  const told = expect(asked).rejects.toBe(reason);
  stop.abort(reason);
  await told;
});

it('https speaks TLS, and names the host', async () => {
  const hello = await new Promise<Buffer>((resolve, reject) => {
    void serve(() => undefined).then((url) => {
      server.on('connection', (socket: Socket) => {
        socket.once('data', (bytes) => {
          resolve(bytes);
          socket.destroy();
        });
      });
      const there = url.replace('http://127.0.0.1', 'https://localhost');
      const asked = {
        method: 'GET',
        url: there,
        timeoutMs: 5000,
        answerBytesMax: 100,
        dial: tlsDial(systemTls),
      } as const;
      plainRequest(asked).then(
        () => reject(new Error('answered')),
        () => undefined,
      );
    }, reject);
  });
  expect(hello[0]).toBe(22);
  expect(hello.includes('localhost')).toBe(true);
});

it('a scheme nobody speaks is refused', async () => {
  const asked = plainRequest({
    method: 'GET',
    url: 'ftp://there/',
    timeoutMs: 5000,
    answerBytesMax: 100,
    dial: tlsDial(systemTls),
  });
  await expect(asked).rejects.toThrow('ftp');
});
