import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { request } from '../../src/discovery/environment';
import { dialTcp } from '../../src/platform/dial';

let server: Server;
let url = '';
let sentBytes = 0;

const PIECE = Buffer.alloc(64 * 1024, 'x');

beforeAll(async () => {
  server = createServer((_, response) => {
    const send = (): void => {
      while (!response.destroyed && response.write(PIECE)) sentBytes += PIECE.length;
    };
    response.on('drain', send);
    send();
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
});

afterAll(() => {
  server.closeAllConnections();
  server.close();
});

it('a service that never stops talking is not listened to for ever', async () => {
  const { signal } = new AbortController();
  await expect(request({ signal, dial: dialTcp }, url, 20_000)).rejects.toThrow('longer than 4194304 bytes');
  // What was under way in the buffers of both sides is not read any more.
  expect(sentBytes).toBeLessThan(32 * 1024 * 1024);
});
