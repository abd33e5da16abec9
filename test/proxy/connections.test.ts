import { createServer, request } from 'node:http';
import { Socket, type AddressInfo } from 'node:net';
import { dialTcp } from '../../src/platform/dial';
import { Connections } from '../../src/proxy/connections';

test('a connection that is used again is probed as late as a new one', async () => {
  const delays: (number | undefined)[] = [];
  const original = Reflect.get<Socket, 'setKeepAlive'>(Socket.prototype, 'setKeepAlive');
  const spy = jest.spyOn(Socket.prototype, 'setKeepAlive').mockImplementation(function (this: Socket, isOn, delayMs) {
    delays.push(delayMs);
    return original.call(this, isOn, delayMs);
  });
  const server = createServer((_, response) => response.end());
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  const connections = new Connections(dialTcp);
  const agent = connections.agentFor(
    { scheme: 'http', host: '127.0.0.1', port, text: `http://127.0.0.1:${port}` },
    false,
  );
  const ask = (): Promise<boolean> =>
    new Promise((resolve, reject) => {
      const outgoing = request({ agent, host: '127.0.0.1', port }, (response) => {
        response.resume().on('end', () => {
          // The agent has it back after that.
          setImmediate(resolve, outgoing.reusedSocket);
        });
      });
      outgoing.on('error', reject).end();
    });
  const reused = [await ask(), await ask(), await ask()];
  spy.mockRestore();
  connections.close();
  await new Promise((resolve) => server.close(resolve));
  expect(reused).toEqual([false, true, true]);
  expect(delays.length).toBeGreaterThanOrEqual(2);
  expect(new Set(delays)).toEqual(new Set([30_000]));
});
