import { exposeRow } from '../../src/metrics/exposition';
import { Histogram } from '../../src/metrics/histogram';
import { labelled, labelledHistogram } from '../../src/metrics/row';
import { readings } from './readings';

test('labels and help are escaped', () => {
  const row = labelled('gauge', 'a', ['x', 'y'], ['back\\slash\nline', ''], () => [[['q"u\\o\nte', ''], 1.5]]);
  expect(exposeRow(row, readings())).toBe(
    '# HELP a back\\\\slash\\nline.\n# TYPE a gauge\na{x="q\\"u\\\\o\\nte",y=""} 1.5\n',
  );
});

test('histograms are added up and shown in the buckets that were asked for', () => {
  const fine = [new Histogram([0.001, 0.002, 0.004]), new Histogram([0.001, 0.002, 0.004])];
  for (const elapsedMs of [1, 2, 3, 4, 5]) fine[0]!.observeMs(elapsedMs);
  fine[1]!.observeMs(1.5);
  const row = labelledHistogram('h', ['to'], ['h', ''], [0.002], () => [{ labels: ['b'], parts: fine }]);
  expect(exposeRow(row, readings()).split('\n').slice(2)).toEqual([
    'h_bucket{to="b",le="0.002"} 3',
    'h_bucket{to="b",le="+Inf"} 6',
    'h_sum{to="b"} 0.0165',
    'h_count{to="b"} 6',
    '',
  ]);
});

test('a row without samples is not shown', () => {
  expect(
    exposeRow(
      labelled('gauge', 'a', ['To'], ['', ''], () => []),
      readings(),
    ),
  ).toBe('');
});
