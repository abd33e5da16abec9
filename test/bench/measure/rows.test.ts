import { compare } from '../../../bench/measure/rows';
import { rowWith } from '../rows';

test('medians of the rounds are compared', () => {
  const row = rowWith(
    [{ requestsPerSecond: 100 }, { requestsPerSecond: 300 }, { requestsPerSecond: 200 }],
    [{ requestsPerSecond: 100 }, { requestsPerSecond: 90 }, { requestsPerSecond: 1000 }],
  );
  expect(compare(row)).toEqual([
    { metric: 'requestsPerSecond', cairn: 200, etcd: 100, ratio: 2, floor: undefined, meetsFloor: undefined },
  ]);
});

describe('a floor', () => {
  test.each([
    [110, true],
    [109, false],
  ])('for what should be high holds from its ratio on: %d of 100', (cairn, holds) => {
    const floors = [{ metric: 'requestsPerSecond', ratio: 1.1 }] as const;
    const [comparison] = compare(rowWith([{ requestsPerSecond: cairn }], [{ requestsPerSecond: 100 }], floors));
    expect(comparison).toMatchObject({ floor: 1.1, meetsFloor: holds });
  });

  test.each([
    [50, true],
    [51, false],
  ])('for what should be low holds up to its ratio: %d of 100', (cairn, holds) => {
    const [comparison] = compare(
      rowWith([{ worstMs: cairn }], [{ worstMs: 100 }], [{ metric: 'worstMs', ratio: 0.5 }]),
    );
    expect(comparison).toMatchObject({ floor: 0.5, meetsFloor: holds });
  });

  test('is not judged without etcd', () => {
    const [comparison] = compare(rowWith([{ worstMs: 1 }], [], [{ metric: 'worstMs', ratio: 0.5 }]));
    expect(comparison).toMatchObject({ cairn: 1, ratio: undefined, floor: 0.5, meetsFloor: undefined });
  });
});

test('there is no ratio to 0', () => {
  expect(compare(rowWith([{ errors: 3 }], [{ errors: 0 }]))[0]).toMatchObject({ cairn: 3, etcd: 0, ratio: undefined });
});

test('the order is that of the metrics, whatever the samples have first', () => {
  const row = rowWith([{ residentMib: 1, p99Ms: 1 }], [{ requestsPerSecond: 5 }]);
  expect(compare(row).map(({ metric }) => metric)).toEqual(['requestsPerSecond', 'p99Ms', 'residentMib']);
});
