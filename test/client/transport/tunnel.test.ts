/** Streams that a caller opens and that are no sockets: of a tunnel, of SSH. */
import { connect } from 'node:net';
import { Duplex } from 'node:stream';
import { createClient } from '../../../src/client';
import { FakeServer } from '../fakeServer';

describe('a client with a dial function', () => {
  const EVENT = { action: 'get', node: { key: '/k', value: 'v', modifiedIndex: 3, createdIndex: 3 } };
  let server: FakeServer;

  beforeEach(async () => {
    server = new FakeServer();
    server.answer = () => ({ body: EVENT });
    await server.start();
  });

  afterEach(() => {
    server.stop();
  });

  it.each([
    ['each stream of a tunnel serves one request, and is closed', false, 3],
    ['a socket serves as long as it is good', true, 1],
  ])('%s', async (_what, isSocket, count) => {
    const dialled: Duplex[] = [];
    const dial = ({ hostname, port }: URL): Duplex => {
      const socket = connect(Number(port), hostname);
      const stream = isSocket ? socket : Duplex.from({ readable: socket, writable: socket });
      dialled.push(stream);
      return stream;
    };
    const client = createClient({ endpoints: server.url, dial });
    for (let i = 0; i < 3; i++) {
      expect((await client.keys.get('k')).node.value).toBe('v');
      // Node.js takes a connection back a little after the end of the answer.
      await new Promise((done) => setTimeout(done, 200));
    }
    expect(dialled).toHaveLength(count);
    expect(dialled.every(({ destroyed }) => destroyed)).toBe(!isSocket);
    client.close();
  });
});
