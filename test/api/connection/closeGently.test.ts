/** How long a connection stays when its last answer was written. */
import { Duplex } from 'node:stream';
import { closeGently } from '../../../src/api/connection/closeGently';

/** A connection whose machine takes what is written when the test says so. */
function connection(): { socket: Duplex; take: () => void } {
  let take: () => void = () => undefined;
  const socket = new Duplex({
    read: () => undefined,
    write: (_chunk, _encoding, done) => {
      take = done;
    },
  });
  return { socket, take: () => take() };
}

/** Streams do their work between the turns. */
async function pass(ms: number): Promise<void> {
  await jest.advanceTimersByTimeAsync(ms);
}

beforeEach(() => {
  jest.useFakeTimers({ doNotFake: ['nextTick', 'queueMicrotask'] });
});

afterEach(() => {
  jest.useRealTimers();
});

test('half a second after the machine has the answer, and not before', async () => {
  const { socket, take } = connection();
  closeGently(socket, 'bye');
  await pass(5000);
  expect(socket.destroyed).toBe(false);
  take();
  await pass(400);
  expect(socket.destroyed).toBe(false);
  await pass(200);
  expect(socket.destroyed).toBe(true);
});

test('as long as the client goes on sending, and then half a second; ten seconds at the most', async () => {
  const [brief, endless] = [connection(), connection()];
  for (const { socket, take } of [brief, endless]) {
    closeGently(socket, 'bye');
    take();
    await pass(0);
  }
  for (let sentMs = 0; sentMs < 2000; sentMs += 400) {
    brief.socket.push('more');
    endless.socket.push('more');
    await pass(400);
  }
  expect([brief.socket.destroyed, endless.socket.destroyed]).toEqual([false, false]);
  for (let sentMs = 2000; sentMs < 9600; sentMs += 400) {
    endless.socket.push('more');
    await pass(400);
  }
  expect([brief.socket.destroyed, endless.socket.destroyed]).toEqual([true, false]);
  for (let sentMs = 9600; sentMs < 11_200 && !endless.socket.destroyed; sentMs += 400) {
    endless.socket.push('more');
    await pass(400);
  }
  expect(endless.socket.destroyed).toBe(true);
});

test('a client that closes its half ends it at once', async () => {
  const { socket, take } = connection();
  closeGently(socket, 'bye');
  take();
  socket.push(null);
  await pass(10);
  expect(socket.destroyed).toBe(true);
});
