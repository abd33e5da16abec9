/** Who takes nothing of an answer, or never asks for one, does not keep a connection for ever. */
import type { Socket } from 'node:net';
import { Connection } from '../../../src/api/connection/connection';
import { DirectConnection } from '../../../src/api/direct/directConnection';
import { DirectReader } from '../../../src/api/direct/directRequest';
import type { Outgoing } from '../../../src/api/http/outgoing';

function fake(fields: { writableLength?: number; bytesRead?: number; queued?: number; written?: number }) {
  const socket = {
    writableLength: fields.writableLength ?? 0,
    bytesRead: fields.bytesRead ?? 0,
    bytesWritten: fields.written ?? 0,
    _handle: { writeQueueSize: fields.queued ?? 0 },
    destroyed: false,
    listeners: () => [],
    destroy: () => {
      socket.destroyed = true;
    },
  };
  return { socket, connection: new Connection(socket as unknown as Socket, () => undefined) };
}

test('an answer of which nothing is taken for a minute is cut', () => {
  const { socket, connection } = fake({ bytesRead: 9, writableLength: 5000, queued: 5000, written: 9000 });
  for (let nowMs = 1000; nowMs < 61_000; nowMs += 5000) connection.checkProgress(nowMs);
  expect(socket.destroyed).toBe(false);
  connection.checkProgress(61_000);
  expect(socket.destroyed).toBe(true);
});

test('an answer of which a little is taken now and then is not', () => {
  const { socket, connection } = fake({ bytesRead: 9, writableLength: 5000, queued: 5000, written: 9000 });
  for (let nowMs = 0; nowMs < 600_000; nowMs += 5000) {
    if (nowMs % 50_000 === 0) socket._handle.writeQueueSize -= 1;
    connection.checkProgress(nowMs);
  }
  expect(socket.destroyed).toBe(false);
});

test('a watch without events may stay', () => {
  const { socket, connection } = fake({ bytesRead: 90, written: 200 });
  for (let nowMs = 0; nowMs < 3_600_000; nowMs += 5000) connection.checkProgress(nowMs);
  expect(socket.destroyed).toBe(false);
});

test('a connection that never asks for anything ends without a word after five minutes', () => {
  const { socket, connection } = fake({});
  for (let nowMs = 1000; nowMs < 301_000; nowMs += 5000) connection.checkProgress(nowMs);
  expect(socket.destroyed).toBe(false);
  connection.checkProgress(301_000);
  expect(socket.destroyed).toBe(true);
});

test('whoever has sent much ahead, and is not answered for a minute, is let go: perhaps it is gone', async () => {
  const listeners = new Map<string, ((bytes: Buffer) => void)[]>();
  const { socket } = fake({ bytesRead: 90_000, written: 200 });
  const on = (name: string, listener: (bytes: Buffer) => void) => {
    listeners.set(name, [...(listeners.get(name) ?? []), listener]);
  };
  const nothing = () => undefined;
  Object.assign(socket, { on, removeListener: nothing, push: nothing, pause: nothing, writable: true });
  const connection = new Connection(socket as unknown as Socket, () => undefined);
  const watch = { complete: true, headers: {}, httpVersion: '1.1', method: 'GET' };
  const answer = { closed: false, once: nothing };
  connection.take(watch as never, answer as never);
  connection.take(watch as never, answer as never);
  await new Promise((resolve) => setImmediate(resolve));
  for (let nowMs = 1000; nowMs < 600_000; nowMs += 5000) connection.checkProgress(nowMs);
  expect(socket.destroyed).toBe(false);
  for (const listener of listeners.get('data') ?? []) listener(Buffer.alloc(80_000));
  for (let nowMs = 601_000; nowMs < 662_000; nowMs += 5000) connection.checkProgress(nowMs);
  expect(socket.destroyed).toBe(true);
});

test('so is whoever has sent a body ahead that fills its stream: Node reads no further, and says so to nobody', () => {
  const { socket } = fake({ bytesRead: 90_000, written: 200 });
  const nothing = () => undefined;
  Object.assign(socket, { on: nothing, removeListener: nothing, push: nothing, writable: true });
  const connection = new Connection(socket as unknown as Socket, () => undefined);
  const request = (body: object) => ({
    headers: {},
    httpVersion: '1.1',
    method: 'PUT',
    readableHighWaterMark: 65_536,
    ...body,
  });
  const answer = { closed: false, once: nothing } as never;
  connection.take(request({ complete: true }) as never, answer);
  connection.take(request({ complete: false, readableLength: 65_536 }) as never, answer);
  for (let nowMs = 1000; nowMs < 61_000; nowMs += 5000) connection.checkProgress(nowMs);
  expect(socket.destroyed).toBe(false);
  connection.checkProgress(61_000);
  expect(socket.destroyed).toBe(true);
});

/** A connection that asks past Node's server; its requests are answered by the test. */
function fakeDirect(fields: { writableLength?: number; queued?: number }) {
  const listeners = new Map<string, (bytes: Buffer) => void>();
  const { socket } = fake(fields);
  const parts = {
    reader: new DirectReader(1000),
    tail: { text: () => '' },
    handler: (_request: unknown, response: Outgoing) => !response.closed,
    restMaxMs: 300_000,
    readAhead: () => undefined,
  };
  const on = (name: string, listener: (bytes: Buffer) => void) => listeners.set(name, listener);
  const pause = () => undefined;
  Object.assign(socket, { on, pause });
  const connection = new DirectConnection(socket as never, parts, () => undefined);
  const send = (text: string) => listeners.get('data')?.(Buffer.from(text));
  const ask = () => send('GET /v2/keys/a HTTP/1.1\r\nHost: x\r\n\r\n');
  return { socket, connection, ask, send };
}

test('past Node’s server, whoever rests for five minutes is let go, and who waits for an answer is not', () => {
  const [resting, waiting] = [fakeDirect({}), fakeDirect({})];
  waiting.ask();
  for (let nowMs = 1000; nowMs < 301_000; nowMs += 5000) resting.connection.checkProgress(nowMs);
  expect(resting.socket.destroyed).toBe(false);
  resting.connection.checkProgress(301_000);
  expect(resting.socket.destroyed).toBe(true);
  for (let nowMs = 1000; nowMs < 3_600_000; nowMs += 5000) waiting.connection.checkProgress(nowMs);
  expect(waiting.socket.destroyed).toBe(false);
});

test('past Node’s server, an answer of which nothing is taken for a minute is cut', () => {
  const { socket, connection, ask } = fakeDirect({ writableLength: 5000, queued: 5000 });
  ask();
  for (let nowMs = 1000; nowMs < 61_000; nowMs += 5000) connection.checkProgress(nowMs);
  expect(socket.destroyed).toBe(false);
  connection.checkProgress(61_000);
  expect(socket.destroyed).toBe(true);
});

test('past Node’s server, whoever has sent much ahead and is not answered for a minute is let go', () => {
  const { socket, connection, ask, send } = fakeDirect({});
  ask();
  send('x'.repeat(80_000));
  for (let nowMs = 1000; nowMs < 61_000; nowMs += 5000) connection.checkProgress(nowMs);
  expect(socket.destroyed).toBe(false);
  connection.checkProgress(61_000);
  expect(socket.destroyed).toBe(true);
});

test('whoever has sent much ahead of a stream, and takes its events, may stay', () => {
  const { socket, connection, ask, send } = fakeDirect({});
  ask();
  send('x'.repeat(80_000));
  for (let nowMs = 1000; nowMs < 600_000; nowMs += 5000) {
    if (nowMs % 50_000 === 1000) socket.bytesWritten += 100;
    connection.checkProgress(nowMs);
  }
  expect(socket.destroyed).toBe(false);
});
