import { connect, createServer } from 'node:net';
import { TrafficCounter, type Connection } from '../../src/api/traffic';
import { heldBytes } from '../support/heldMemory';

type Fake = { -readonly [Field in keyof Connection]: Connection[Field] };

function fakeSocket(bytesRead: number, bytesWritten: number): Fake {
  return {
    bytesRead,
    bytesWritten,
    destroy() {
      throw new Error('nobody asked for this');
    },
  };
}

test('counts open and ended connections once', () => {
  const counter = new TrafficCounter();
  const one = fakeSocket(5, 50);
  counter.add(one);
  expect(counter.total()).toEqual({ receivedBytes: 5, sentBytes: 50 });
  one.bytesRead = 7;
  expect(counter.total()).toEqual({ receivedBytes: 7, sentBytes: 50 });
  one.bytesWritten = 80;
  counter.delete(one);
  expect(counter.total()).toEqual({ receivedBytes: 7, sentBytes: 80 });
});

test('a connection that dies with bytes unsent does not take them back: whoever sums it up would take that for a new beginning', () => {
  const counter = new TrafficCounter();
  const socket = fakeSocket(5, 50);
  counter.add(socket);
  expect(counter.total().sentBytes).toBe(50);
  socket.bytesWritten = 20;
  expect(counter.total().sentBytes).toBe(50);
  socket.bytesWritten = 60;
  expect(counter.total().sentBytes).toBe(60);
  socket.bytesWritten = 30;
  counter.delete(socket);
  expect(counter.total().sentBytes).toBe(60);
});

test('of many connections each is asked within some seconds', () => {
  jest.useFakeTimers();
  try {
    const counter = new TrafficCounter();
    const sockets = Array.from({ length: 2500 }, () => fakeSocket(1, 2));
    for (const socket of sockets) counter.add(socket);
    expect(counter.total()).toEqual({ receivedBytes: 0, sentBytes: 0 });
    jest.advanceTimersByTime(2000);
    expect(counter.total()).toEqual({ receivedBytes: 2500, sentBytes: 5000 });
    for (const socket of sockets) counter.delete(socket);
    expect(counter.total()).toEqual({ receivedBytes: 2500, sentBytes: 5000 });
    jest.advanceTimersByTime(500);
    expect(jest.getTimerCount()).toBe(0);
  } finally {
    jest.useRealTimers();
  }
});

/** Connections come and go, some at a time; those that ended. */
function comeAndGo(counter: TrafficCounter, count: number): WeakRef<Fake>[] {
  const open: Fake[] = [];
  for (let each = 0; each < count; each++) {
    const socket = fakeSocket(1, 2);
    counter.add(socket);
    open.push(socket);
    if (each >= 8) counter.delete(open[each - 8]!);
  }
  return open.slice(0, -8).map((socket) => new WeakRef(socket));
}

test('connections that ended are let go of', async () => {
  const counter = new TrafficCounter();
  const ended = comeAndGo(counter, 500);
  await heldBytes();
  expect(ended.filter((socket) => socket.deref() !== undefined)).toHaveLength(0);
  expect([...counter.sockets]).toHaveLength(8);
});

test('what a real socket carried is still known when it is closed', async () => {
  const counter = new TrafficCounter();
  const server = createServer((socket) => {
    counter.add(socket);
    socket.on('data', () => socket.end('answer'));
    socket.on('close', () => {
      counter.delete(socket);
      server.close();
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  const client = connect(typeof address === 'object' ? (address?.port ?? 0) : 0, '127.0.0.1');
  client.write('question');
  client.resume();
  await new Promise((resolve) => server.on('close', resolve));
  expect(counter.total()).toEqual({ receivedBytes: 8, sentBytes: 6 });
});
