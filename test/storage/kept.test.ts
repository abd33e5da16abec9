import { Kept } from '../../src/storage/kept';

beforeEach(() => jest.useFakeTimers());
afterEach(() => jest.useRealTimers());

test('what was given is taken once', () => {
  const kept = new Kept<string>();
  expect(kept.take()).toBeUndefined();
  kept.give('room');
  expect(kept.take()).toBe('room');
  expect(kept.take()).toBeUndefined();
});

test('what nobody takes for some seconds is given up, counted from the last time', () => {
  const kept = new Kept<string>();
  kept.give('room');
  jest.advanceTimersByTime(4000);
  kept.give('other room');
  jest.advanceTimersByTime(4000);
  expect(kept.take()).toBe('other room');
  kept.give('room');
  jest.advanceTimersByTime(6000);
  expect(kept.take()).toBeUndefined();
});
