import fc from 'fast-check';
import { Debounce } from '../../src/mirror/debounce';

const BOUNDS = { quietMs: 200, longestMs: 1000 };

test('nothing is due before something has changed', () => {
  expect(new Debounce(BOUNDS).dueMs()).toBeUndefined();
});

test('it is due when it was quiet, and at last when it never is', () => {
  const debounce = new Debounce(BOUNDS);
  debounce.changed(5000);
  expect(debounce.dueMs()).toBe(5200);
  debounce.changed(5150);
  expect(debounce.dueMs()).toBe(5350);
  debounce.changed(5990);
  expect(debounce.dueMs()).toBe(6000);
});

test('it is never due before the last change, nor later than the longest wait after the first', () => {
  fc.assert(
    fc.property(fc.array(fc.nat(300), { minLength: 1 }), (gaps) => {
      const debounce = new Debounce(BOUNDS);
      let nowMs = 0;
      for (const gap of gaps) {
        if (nowMs + gap >= (debounce.dueMs() ?? Infinity)) break;
        nowMs += gap;
        debounce.changed(nowMs);
      }
      expect(debounce.dueMs()).toBeGreaterThanOrEqual(nowMs);
      expect(debounce.dueMs()).toBeLessThanOrEqual((gaps[0] ?? 0) + 1000);
    }),
  );
});
