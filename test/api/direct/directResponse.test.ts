/** An answer whose connection is ended under it. */
import { connect, createServer, type AddressInfo, type Socket } from 'node:net';
import { once } from 'node:events';
import { DirectResponse } from '../../../src/api/direct/directResponse';

test('whoever goes on with an answer after its connection was ended takes nothing away of what was written', async () => {
  const server = createServer({ allowHalfOpen: true }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const client = connect({ port: (server.address() as AddressInfo).port, host: '127.0.0.1' });
  const [socket] = (await once(server, 'connection')) as [Socket];
  try {
    const faults: unknown[] = [];
    socket.on('error', (error) => faults.push(error));
    const response = new DirectResponse({ method: 'GET', isLast: false, socket }, { text: () => '' });
    response.writeHead(200, []);
    // Much of it does not fit into the machine, and waits here.
    response.write('x'.repeat(20_000_000), 'latin1');
    socket.end();
    expect(response.write('more', 'latin1')).toBe(false);
    response.end();
    let received = 0;
    client.on('data', (bytes: Buffer) => (received += bytes.length));
    await once(client, 'end');
    expect(faults).toEqual([]);
    expect(received).toBeGreaterThan(20_000_000);
  } finally {
    client.destroy();
    socket.destroy();
    server.close();
  }
});
