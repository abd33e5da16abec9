import { EventEmitter } from 'node:events';
import { SAME_WISH_MS, STOP_SIGNALS, StopWishes, takeOverSignals } from '../../src/app/stopSignals';

test('what arrives at nearly the same time is one wish, what comes later is another', () => {
  const wishes = new StopWishes();
  expect(wishes.heard(1000)).toBe('first');
  expect(wishes.heard(1003)).toBe('echo');
  expect(wishes.heard(999 + SAME_WISH_MS)).toBe('echo');
  expect(wishes.heard(1000 + SAME_WISH_MS)).toBe('second');
});

test('whoever listened before is relieved, without a moment in which nobody listens', () => {
  const events = new EventEmitter();
  const heard: string[] = [];
  for (const signal of STOP_SIGNALS) events.on(signal, () => heard.push(`early ${signal}`));
  const fewest = STOP_SIGNALS.map((signal) => events.listenerCount(signal));
  events.on('removeListener', (signal: (typeof STOP_SIGNALS)[number]) => {
    const at = STOP_SIGNALS.indexOf(signal);
    fewest[at] = Math.min(fewest[at]!, events.listenerCount(signal));
  });
  takeOverSignals((signal) => heard.push(signal), events);
  for (const signal of STOP_SIGNALS) events.emit(signal, signal);
  expect(heard).toEqual([...STOP_SIGNALS]);
  expect(fewest).toEqual(STOP_SIGNALS.map(() => 1));
});
