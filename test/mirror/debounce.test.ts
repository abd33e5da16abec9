import fc from 'fast-check';
import { Debounce } from '../../src/mirror/debounce';

const BOUNDS = { quietMs: 200, longestMs: 1000 };

test('it is due when it was quiet, and at last when it never is', () => {
  const debounce = new Debounce(BOUNDS);
  expect(debounce.changed(5000)).toBe(200);
  expect(debounce.changed(5150)).toBe(200);
  expect(debounce.changed(5990)).toBe(10);
  expect(debounce.changed(6500)).toBe(0);
});

test('it is never due before the last change, nor later than the longest wait after the first', () => {
  fc.assert(
    fc.property(fc.array(fc.nat(300), { minLength: 1 }), (gaps) => {
      const debounce = new Debounce(BOUNDS);
      let nowMs = 0;
      let dueMs = Infinity;
      for (const gap of gaps) {
        if (nowMs + gap >= dueMs) break;
        nowMs += gap;
        dueMs = nowMs + debounce.changed(nowMs);
      }
      expect(dueMs).toBeGreaterThanOrEqual(nowMs);
      expect(dueMs).toBeLessThanOrEqual((gaps[0] ?? 0) + 1000);
    }),
  );
});
