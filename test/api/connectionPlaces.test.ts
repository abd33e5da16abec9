/** More clients than there are places: real sockets on the client port of the API. */
import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { ConnectionPlaces } from '../../src/api/connectionPlaces';
import { startUnderTest, until, type ApiUnderTest } from './apiUnderTest';

const REQUEST = 'GET /version HTTP/1.1\r\nHost: x\r\n\r\n';

let api: ApiUnderTest;
let places: ConnectionPlaces;
let warnings: unknown[];
let sockets: Socket[];

beforeEach(async () => {
  warnings = [];
  sockets = [];
  const logger = { warn: (...line: unknown[]) => warnings.push(line) };
  places = new ConnectionPlaces({ served: 4, waiting: 2, logger, nowMs: () => performance.now() });
  api = await startUnderTest({ places });
});

afterEach(async () => {
  for (const socket of sockets) socket.destroy();
  await api.server.close(100);
});

async function client(port = api.clientPort): Promise<{ socket: Socket; heard: () => string }> {
  const socket = connect(port, '127.0.0.1');
  sockets.push(socket);
  let heard = '';
  socket.on('data', (chunk: Buffer) => (heard += chunk.toString()));
  socket.on('error', () => undefined);
  await once(socket, 'connect');
  return { socket, heard: () => heard };
}

/** As many watches as there are places. */
async function fill(): Promise<Socket[]> {
  const watches: Socket[] = [];
  for (let n = 0; n < 4; n++) {
    const { socket, heard } = await client();
    socket.write('GET /v2/keys/x?wait=true HTTP/1.1\r\nHost: x\r\n\r\n');
    await until(() => heard().startsWith('HTTP/1.1 200'));
    watches.push(socket);
  }
  return watches;
}

test('further clients wait, and are served in the order in which they came', async () => {
  const watches = await fill();
  const first = await client();
  first.socket.write(REQUEST);
  await until(() => places.report().waiting === 1);
  const second = await client();
  second.socket.write(REQUEST);
  await until(() => places.report().waiting === 2);
  await new Promise((resolve) => setTimeout(resolve, 50));
  expect([first.heard(), second.heard()]).toEqual(['', '']);
  watches[0]?.destroy();
  await until(() => first.heard().startsWith('HTTP/1.1 200'));
  expect(second.heard()).toBe('');
  // What is idle again makes room for the next one only when it is asked to.
  first.socket.destroy();
  await until(() => second.heard().startsWith('HTTP/1.1 200'));
  expect(places.report()).toEqual({ served: 4, waiting: 0, limit: 4, refused: 0 });
});

test('beyond those that wait a client hears 503 at once', async () => {
  await fill();
  await client();
  await client();
  await until(() => places.report().waiting === 2);
  const { socket, heard } = await client();
  await once(socket, 'close');
  expect(heard()).toMatch(/^HTTP\/1\.1 503 .*Retry-After: 1\r\n.*\r\n\r\nthe member has no place/s);
  expect(places.report().refused).toBe(1);
});

test('connections that rest make room', async () => {
  const resting: Socket[] = [];
  for (let n = 0; n < 4; n++) {
    const { socket, heard } = await client();
    socket.write(REQUEST);
    await until(() => heard().startsWith('HTTP/1.1 200'));
    resting.push(socket);
  }
  const { socket, heard } = await client();
  socket.write(REQUEST);
  await until(() => heard().startsWith('HTTP/1.1 200'));
  expect(places.report()).toMatchObject({ served: 1, waiting: 0, refused: 0 });
});

test('a client that gives up loses its place in the line', async () => {
  const watches = await fill();
  const gone = await client();
  await until(() => places.report().waiting === 1);
  gone.socket.resetAndDestroy();
  await until(() => places.report().waiting === 0);
  watches[0]?.destroy();
  const { socket, heard } = await client();
  socket.write(REQUEST);
  await until(() => heard().startsWith('HTTP/1.1 200'));
});

test('the other members are not clients', async () => {
  await fill();
  const { socket, heard } = await client(api.peerPort);
  socket.write(REQUEST);
  await until(() => heard().startsWith('HTTP/1.1'));
});

test('it is said once when there are nearly too many, and closing ends those that wait', async () => {
  await fill();
  await client();
  await until(() => places.report().waiting === 1);
  expect(warnings).toHaveLength(1);
  await api.server.close(100);
  await until(() => places.report().served + places.report().waiting === 0);
});
