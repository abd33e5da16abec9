import { exitReasonOf } from '../../src/app/exit';
import { stopInOrder, StopTimeoutError, type StopStep } from '../../src/app/stopInOrder';

/** A clock whose one timer is rung by hand. */
function handClock() {
  const timers: { delayMs: number; run: () => void; cancelled: boolean }[] = [];
  const after = (delayMs: number, run: () => void): (() => void) => {
    const timer = { delayMs, run, cancelled: false };
    timers.push(timer);
    return () => {
      timer.cancelled = true;
    };
  };
  return { after, timers };
}

test('all steps, one after the other, and no timer left behind', async () => {
  const clock = handClock();
  const done: string[] = [];
  const step = (name: string): StopStep => [name, () => Promise.resolve().then(() => void done.push(name))];
  await stopInOrder([step('a'), step('b'), step('c')], clock, 100);
  expect(done).toEqual(['a', 'b', 'c']);
  expect(clock.timers).toMatchObject([{ delayMs: 100, cancelled: true }]);
});

test('one deadline over all of them; what hangs is named, and what would come after it is left', async () => {
  const clock = handClock();
  const after = jest.fn(() => Promise.resolve());
  const stopping = stopInOrder(
    [
      ['handing over', () => Promise.resolve()],
      ['storing what it knows', () => new Promise(() => undefined)],
      ['closing', after],
    ],
    clock,
    5000,
  );
  await Promise.resolve();
  await Promise.resolve();
  clock.timers[0]?.run();
  const error: unknown = await stopping.catch((reason: unknown) => reason);
  expect(error).toBeInstanceOf(StopTimeoutError);
  expect(String(error)).toMatch(/not done after 5000 ms: it was still storing what it knows/);
  expect(exitReasonOf(error)).toBe('storageFailure');
  expect(after).not.toHaveBeenCalled();
});

test('a step that fails ends the stop', async () => {
  await expect(stopInOrder([['a', () => Promise.reject(new Error('no'))]], handClock(), 5000)).rejects.toThrow('no');
});
