import { timeRange, valueRange } from '../../../src/dashboard/model/axes';

test.each([
  ['one reading is drawn at the end of a minute, not in the middle of years', 1000, 1000, [940, 1000]],
  ['readings of seconds too', 990, 1000, [940, 1000]],
  ['more fill the chart', 100, 1000, [100, 1000]],
])('%s', (_, low, high, range) => {
  expect(timeRange(low, high)).toEqual(range);
});

test('without readings the time ends now', () => {
  const [low, high] = timeRange(null, null);
  expect(high - low).toBe(60);
});

test.each([
  ['nothing', null, null, [0, 1]],
  ['zeros', 0, 0, [0, 1]],
  ['small values', 0.001, 0.002, [0, 0.0022]],
])('of %s', (_, low, high, [from, to]) => {
  const range = valueRange(low, high);
  expect(range[0]).toBe(from);
  expect(range[1]).toBeCloseTo(to ?? 0);
});
