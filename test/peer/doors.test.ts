/** Connections to the peer port before it is known whose they are. */
import { PassThrough } from 'node:stream';
import { Doors } from '../../src/peer/doors';

function underTest(max?: number): { readonly doors: Doors; readonly pass: () => void } {
  const timers = new Set<() => void>();
  const after = (_ms: number, act: () => void): (() => void) => {
    timers.add(act);
    return () => timers.delete(act);
  };
  const doors = new Doors({ after }, max);
  return { doors, pass: () => timers.forEach((act) => act()) };
}

test('who is not known within a time goes, and who is known stays', () => {
  const { doors, pass } = underTest();
  const [stranger, known] = [new PassThrough(), new PassThrough()];
  doors.arrived(stranger);
  doors.arrived(known);
  doors.known(known);
  pass();
  expect([stranger.destroyed, known.destroyed]).toEqual([true, false]);
});

test('beyond the bound the first stranger goes, and nobody who is known', () => {
  const { doors } = underTest();
  const sockets = Array.from({ length: 258 }, () => new PassThrough());
  const [known, first, second] = sockets;
  for (const [position, socket] of sockets.entries()) {
    doors.arrived(socket);
    if (position === 0) doors.known(socket);
  }
  expect([known!.destroyed, first!.destroyed, second!.destroyed]).toEqual([false, true, false]);
  expect(doors.count).toBe(256);
});

test('the bound is what there is room for', () => {
  const { doors } = underTest(3);
  const sockets = Array.from({ length: 5 }, () => new PassThrough());
  for (const socket of sockets) doors.arrived(socket);
  expect(sockets.map(({ destroyed }) => destroyed)).toEqual([true, true, false, false, false]);
});
