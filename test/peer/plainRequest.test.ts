/** Every answer that a raw server can think of ends a plain request, and within its timeout. */
import { createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import { plainRequest } from '../../src/peer/plainRequest';

const TIMEOUT_MS = 400;
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
async function reasonOf(peerUrl: string): Promise<string> {
  const asked = plainRequest({ method: 'GET', peerUrl, target: '/', timeoutMs: TIMEOUT_MS, answerBytesMax: 100 });
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<string>((resolve) => {
    timer = setTimeout(() => {
      resolve('never settled');
    }, 10 * TIMEOUT_MS);
  });
  const reason = asked.then(
    () => 'answered',
    (error: unknown) => (error as Error).message,
  );
  const first = await Promise.race([reason, late]);
  clearTimeout(timer);
  return first;
}

const every = (socket: Socket, text: string): void => {
  const timer = setInterval(() => socket.write(text), 20);
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
  ['hints without an end', (socket) => every(socket, 'HTTP/1.1 103 Early Hints\r\n\r\n'), /timeout/],
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
])('%s', async (_, answer, reason) => {
  expect(await reasonOf(await serve(answer))).toMatch(reason);
});
