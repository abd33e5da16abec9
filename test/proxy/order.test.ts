/** A proxy on its real listeners: the requests of a connection go on to the member one at a time. */
import type { RequestListener } from 'node:http';
import { connect } from 'node:net';
import type { Socket } from 'node:net';
import { pino } from 'pino';
import { openListeners } from '../../src/api/openListeners';
import type { Upstream } from './proxyUnderTest';
import { startProxyUnderTest, startUpstream } from './proxyUnderTest';
import { until } from '../cluster/waiting';

let upstream: Upstream | undefined;
let stop: (() => Promise<void>) | undefined;
let socket: Socket | undefined;

afterEach(async () => {
  socket?.destroy();
  await stop?.();
  await upstream?.close();
});

async function start(handler: RequestListener): Promise<Socket> {
  upstream = await startUpstream(handler);
  let port = 0;
  const proxy = await startProxyUnderTest([upstream.url], {
    listen: async (serve) => {
      const opened = await openListeners(
        [{ host: '127.0.0.1', port: 0 }],
        {
          flag: '--listen-client-urls',
          maxHeaderBytes: 65_536,
          headerTimeoutMs: 5000,
          bodyTimeoutMs: 5000,
          logger: pino({ level: 'silent' }),
        },
        serve,
      );
      port = opened[0]!.address.port;
      return opened;
    },
  });
  stop = () => proxy.stop();
  socket = connect(port, '127.0.0.1');
  return socket;
}

async function untilTrue(condition: () => boolean): Promise<void> {
  await until(condition.toString(), 60_000, condition);
}

test('requests sent in one go reach the member one at a time, in order', async () => {
  let [open, most] = [0, 0];
  const client = await start((request, response) => {
    open += 1;
    most = Math.max(most, open);
    request.resume();
    setTimeout(
      () => {
        open -= 1;
        response.end(`<${request.url}>`);
      },
      request.url === '/0' ? 30 : 1,
    );
  });
  let text = '';
  client.on('data', (chunk: Buffer) => {
    text += chunk.toString('latin1');
  });
  const requests = Array.from({ length: 20 }, (_value, n) => {
    const head = `${n % 2 === 0 ? 'PUT' : 'GET'} /${n} HTTP/1.1\r\nHost: x\r\n`;
    return n % 2 === 0 ? `${head}Content-Length: 7\r\n\r\nvalue=1` : `${head}\r\n`;
  });
  client.write(requests.join(''));
  await untilTrue(() => text.includes('</19>'));
  expect(most).toBe(1);
  expect(upstream!.seen.map((line) => line.split(' ')[1])).toEqual(requests.map((_value, n) => `/${n}`));
});

test('a client that does not read has the proxy ask for nothing more', async () => {
  const body = 'x'.repeat(1_000_000);
  const client = await start((_request, response) => {
    response.end(body);
  });
  client.pause();
  client.write('GET /v2/keys/?recursive=true HTTP/1.1\r\nHost: x\r\n\r\n'.repeat(300));
  await untilTrue(() => upstream!.seen.length > 0);
  await new Promise((resolve) => setTimeout(resolve, 500));
  expect(upstream!.seen.length).toBeLessThan(20);
});
