import { bodyBudgetBytes, defaultQuotaBytes, memoryLimits } from '../../src/limits/memory';

const MEBIBYTE = 1024 * 1024;

test('the store gets what leaves room to load it, in the heap and in the container', () => {
  expect(defaultQuotaBytes({ heapBytes: 4000 * MEBIBYTE, containerBytes: Infinity })).toBe(1600 * MEBIBYTE);
  expect(defaultQuotaBytes({ heapBytes: 4000 * MEBIBYTE, containerBytes: 1000 * MEBIBYTE })).toBe(300 * MEBIBYTE);
  expect(defaultQuotaBytes({ heapBytes: 10 * MEBIBYTE, containerBytes: Infinity })).toBe(16 * MEBIBYTE);
});

test('one body of the largest size always fits', () => {
  const limits = { heapBytes: 240 * MEBIBYTE, containerBytes: Infinity };
  expect(bodyBudgetBytes(limits, 10 * MEBIBYTE)).toBe(20 * MEBIBYTE);
  expect(bodyBudgetBytes(limits, 24 * MEBIBYTE)).toBe(24 * MEBIBYTE);
});

test('this process has limits', () => {
  expect(memoryLimits().heapBytes).toBeGreaterThan(16 * MEBIBYTE);
  expect(memoryLimits().containerBytes).toBeGreaterThan(16 * MEBIBYTE);
});
