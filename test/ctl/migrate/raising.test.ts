import { Raising, quickerWay } from '../../../src/ctl/migrate/raising';

test('the time is what was measured, and is said once', () => {
  const raising = new Raising(4, 41_004, 1000);
  expect(raising.estimate(504, 2000)).toBeUndefined();
  const estimate = raising.estimate(2004, 5000);
  expect(estimate).toContain('39,000 writes, 500 a second here, which is about 78 seconds');
  expect(estimate).not.toContain('restore');
  expect(raising.estimate(4004, 9000)).toBeUndefined();
  expect(raising.progress(21_004, 41_000)).toBe(
    'raising the index of the target: 21,004 of 41,004, about 38 seconds left',
  );
});

test.each([
  [1_000_000, '17 minutes'],
  [50_000_000, '14 hours'],
  [900_000_000, '10 days'],
])('a wait of long (%d) comes with the way that is quicker', (wanted, time) => {
  const estimate = new Raising(0, wanted, 0).estimate(5000, 5000);
  expect(estimate).toContain(`about ${time}; quicker is a restore`);
});

test('the advice raises by enough', () => {
  expect(quickerWay(400_000_000)).not.toContain('--bump-index');
  expect(quickerWay(5_000_000_000)).toContain('--bump-index 10000000000 ');
});

test('nothing is divided by what has not moved', () => {
  const raising = new Raising(4, 100, 0);
  expect(raising.estimate(4, 60_000)).toBeUndefined();
  expect(raising.progress(4, 60_000)).toBe('raising the index of the target: 4 of 100');
});

test('nothing is said of what is left when nothing is', () => {
  const raising = new Raising(4, 2000, 0);
  expect(raising.estimate(2004, 4500)).toBeUndefined();
  expect(raising.progress(2004, 4500)).toBe('raising the index of the target: 2,004 of 2,000');
  expect(raising.progress(1999, 4500)).toBe('raising the index of the target: 1,999 of 2,000, about 1 second left');
});
