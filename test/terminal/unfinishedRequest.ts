import { connect, type Socket } from 'node:net';

const REQUEST = 'PUT /v2/keys/a HTTP/1.1\r\nHost: localhost\r\nContent-Length: 100\r\n\r\nvalue=';

/** A request that has not come whole, and that the server has begun to read: what was sent after it has been answered, twice. */
export async function unfinishedRequest(port: number): Promise<Socket> {
  const socket = connect(port, '127.0.0.1');
  socket.on('error', () => undefined);
  await new Promise<void>((resolve) => socket.write(REQUEST, () => resolve()));
  for (let count = 0; count < 2; count += 1) {
    await (await fetch(`http://127.0.0.1:${port}/version`, { headers: { Connection: 'close' } })).text();
  }
  return socket;
}
