import { BackOff } from '../../src/platform/backOff';

const BOUNDS = { firstMs: 100, longestMs: 1000 };

function waits(backOff: BackOff, count: number): number[] {
  return Array.from({ length: count }, () => backOff.nextMs());
}

test('waits double, up to the longest', () => {
  expect(waits(new BackOff(BOUNDS, () => 0), 6)).toEqual([100, 200, 400, 800, 1000, 1000]);
});

test('each is shortened by chance, by half at most', () => {
  expect(waits(new BackOff(BOUNDS, () => 0.5), 3)).toEqual([75, 150, 300]);
  const last = new BackOff(BOUNDS, () => 1 - Number.EPSILON);
  for (const [number, waitMs] of waits(last, 6).entries())
    expect(waitMs).toBeCloseTo([50, 100, 200, 400, 500, 500][number]!, 6);
});

test('after a success it begins again', () => {
  const backOff = new BackOff(BOUNDS, () => 0);
  waits(backOff, 5);
  backOff.reset();
  expect(waits(backOff, 2)).toEqual([100, 200]);
});

test('where waiting is all that is left it is the longest, which is no failure more', () => {
  const backOff = new BackOff(BOUNDS, () => 0.5);
  expect(backOff.longestMs()).toBe(750);
  expect(backOff.nextMs()).toBe(75);
});

test('a longest wait below the first one is kept to', () => {
  expect(waits(new BackOff({ firstMs: 100, longestMs: 60 }, () => 0), 3)).toEqual([60, 60, 60]);
});
