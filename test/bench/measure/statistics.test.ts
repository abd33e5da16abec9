import { Latencies, median, percentile } from '../../../bench/measure/statistics';

describe('median', () => {
  test('is the middle one, in whatever order they come', () => {
    expect(median([9, 1, 5])).toBe(5);
    expect(median([7])).toBe(7);
  });

  test('is the mean of the two in the middle', () => {
    expect(median([10, 1, 2, 4])).toBe(3);
  });

  test('of nothing is nothing', () => {
    expect(median([])).toBeUndefined();
  });

  test('leaves its argument as it is', () => {
    const values = [3, 1, 2];
    median(values);
    expect(values).toEqual([3, 1, 2]);
  });
});

describe('percentile', () => {
  const hundred = Float64Array.from({ length: 100 }, (_, index) => index + 1);

  test.each([
    [0, 1],
    [0.5, 50],
    [0.99, 99],
    [0.995, 100],
    [1, 100],
  ])('%d of 1 to 100 is %d', (fraction, expected) => {
    expect(percentile(hundred, fraction)).toBe(expected);
  });

  test('p99 of few values is the largest', () => {
    expect(percentile(Float64Array.of(1, 2, 3), 0.99)).toBe(3);
  });

  test('of nothing is 0', () => {
    expect(percentile(new Float64Array(0), 0.5)).toBe(0);
  });
});

describe('Latencies', () => {
  test('sums up more than fit into the space it starts with', () => {
    const latencies = new Latencies();
    for (let ms = 10_000; ms >= 1; ms--) latencies.add(ms);
    expect(latencies.count).toBe(10_000);
    expect(latencies.summary()).toEqual({ p50Ms: 5000, p99Ms: 9900, worstMs: 10_000 });
  });

  test('of no requests are 0', () => {
    expect(new Latencies().summary()).toEqual({ p50Ms: 0, p99Ms: 0, worstMs: 0 });
  });
});
