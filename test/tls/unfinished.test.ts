import { EventEmitter } from 'node:events';
import type { Socket } from 'node:net';
import { Unfinished } from '../../src/tls/unfinished';

class FakeSocket extends EventEmitter {
  destroyed = false;

  constructor(readonly remoteAddress: string) {
    super();
  }

  destroy(): void {
    this.destroyed = true;
    this.emit('close');
  }
}

function setUp(max: number) {
  let nowMs = 0;
  const timers = new Set<() => void>();
  const clock = {
    monotonicMs: () => nowMs,
    after: (_: number, run: () => void) => {
      timers.add(run);
      return () => timers.delete(run);
    },
  };
  const late: unknown[] = [];
  const unfinished = new Unfinished<string>(clock, 10_000, (socket) => late.push(socket), max);
  const arrive = (what: string, from = '10.0.0.1'): { socket: FakeSocket; taken: boolean } => {
    const socket = new FakeSocket(from);
    return { socket, taken: unfinished.add(socket as unknown as Socket, what) };
  };
  const pass = (ms: number): void => {
    nowMs += ms;
  };
  return { unfinished, arrive, pass, timers, late };
}

it('gives up what is finished, once', () => {
  const { unfinished, arrive, timers } = setUp(10);
  const { socket } = arrive('a');
  expect(unfinished.take(socket as unknown as Socket)).toBe('a');
  expect(unfinished.take(socket as unknown as Socket)).toBeUndefined();
  expect(timers.size).toBe(0);
});

it('ends what takes too long', () => {
  const { unfinished, arrive, timers, late } = setUp(10);
  const { socket } = arrive('a');
  for (const run of timers) run();
  expect(socket.destroyed).toBe(true);
  expect(late).toEqual([socket]);
  expect(timers.size).toBe(0);
  expect(unfinished.take(socket as unknown as Socket)).toBeUndefined();
});

it('forgets what was closed', () => {
  const { unfinished, arrive, timers } = setUp(10);
  const { socket } = arrive('a');
  socket.destroy();
  expect(timers.size).toBe(0);
  expect(unfinished.take(socket as unknown as Socket)).toBeUndefined();
});

it('ends the oldest for a newer one, but none that has just begun', () => {
  const { arrive, pass, timers } = setUp(2);
  const oldest = arrive('a');
  pass(900);
  const next = arrive('b');
  expect(arrive('c').taken).toBe(false);
  pass(100);
  expect(arrive('d').taken).toBe(true);
  expect([oldest.socket.destroyed, next.socket.destroyed, timers.size]).toEqual([true, false, 2]);
  expect(arrive('e').taken).toBe(false);
});

it('makes room for another network at the cost of the one that has most, however young', () => {
  const { arrive, pass, timers } = setUp(4);
  const honest = arrive('slow', '10.0.0.2');
  pass(1000);
  const flood = [1, 2, 3].map((each) => arrive(`flood ${each}`));
  // Its own network gets no room from the one that has fewer.
  expect(arrive('flood 4').taken).toBe(false);
  expect(arrive('other', '10.0.0.3').taken).toBe(true);
  expect([honest, ...flood].map(({ socket }) => socket.destroyed)).toEqual([false, true, false, false]);
  expect(arrive('another', '10.0.0.4').taken).toBe(true);
  expect([honest, ...flood].map(({ socket }) => socket.destroyed)).toEqual([false, true, true, false]);
  // Now all have the same, and only what began long ago makes room.
  expect(arrive('one more', '10.0.0.5').taken).toBe(true);
  expect(honest.socket.destroyed).toBe(true);
  expect(arrive('one more', '10.0.0.6').taken).toBe(false);
  expect(timers.size).toBe(4);
});

it('takes addresses of IPv6 for one network that are beside each other', () => {
  const { arrive } = setUp(3);
  for (const address of ['2001:db8::1', '2001:db8::2', '2001:db8::3']) arrive('flood', address);
  expect(arrive('flood', '2001:db8::4').taken).toBe(false);
  expect(arrive('other', '2001:db8:1::1').taken).toBe(true);
});
