import { SAME_WISH_MS, StopWishes } from '../../src/app/stopSignals';

test('what arrives at nearly the same time is one wish, what comes later is another', () => {
  const wishes = new StopWishes();
  expect(wishes.heard(1000)).toBe('first');
  expect(wishes.heard(1003)).toBe('echo');
  expect(wishes.heard(999 + SAME_WISH_MS)).toBe('echo');
  expect(wishes.heard(1000 + SAME_WISH_MS)).toBe('second');
});
