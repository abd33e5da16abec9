import { doubling, Histogram, HistogramByLabel } from '../../src/metrics/histogram';
import { KEY_REQUEST, DISK, GRPC, HTTP } from '../../src/metrics/buckets';

test('an observation counts in its bucket and in all above, its bound included', () => {
  const histogram = new Histogram([0.001, 0.01, 0.1]);
  for (const elapsedMs of [0, 1, 1.001, 10, 99, 101, 5000]) histogram.observeMs(elapsedMs);
  expect([0.001, 0.01, 0.1, Infinity].map((bound) => histogram.countUpTo(bound))).toEqual([2, 4, 5, 7]);
  expect(histogram.sum).toBeCloseTo(5.212001, 9);
});

test('bounds double exactly, so that their text is that of etcd', () => {
  expect(doubling(0.0001, 5).map(String)).toEqual(['0.0001', '0.0002', '0.0004', '0.0008', '0.0016']);
});

test('requests are counted in the buckets of every name that shows them', () => {
  for (const bound of [...HTTP, ...DISK, ...GRPC]) expect(KEY_REQUEST).toContain(bound);
  expect([...KEY_REQUEST].sort((one, other) => one - other)).toEqual(KEY_REQUEST);
});

test('there is one histogram for a label', () => {
  const histograms = new HistogramByLabel([1]);
  histograms.of('a').observeMs(5);
  histograms.of('a').observeMs(5);
  histograms.of('b').observeMs(5000);
  expect(histograms.entries().map(([label, { sum }]) => [label, sum])).toEqual([
    ['a', 0.01],
    ['b', 5],
  ]);
});

test('an observation costs next to nothing', () => {
  const histogram = new Histogram(KEY_REQUEST);
  const nanoseconds = Array.from({ length: 9 }, () => {
    const startedMs = performance.now();
    for (let count = 0; count < 100_000; count++) histogram.observeMs((count * 7919) % 3000);
    return ((performance.now() - startedMs) * 1e6) / 100_000;
  }).sort((one, other) => one - other);
  // Some 10 to 20 ns on an idle machine; what must not come back is a cost like that of labels looked up each time.
  expect(nanoseconds[4]).toBeLessThan(500);
});
