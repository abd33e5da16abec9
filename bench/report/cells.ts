import { compare } from '../measure/rows';
import type { Comparison, MeasuredRow } from '../measure/rows';
import { metrics } from '../measure/metrics';

export const heads = ['', 'Cairn', 'etcd', 'Cairn/etcd', 'floor', ''] as const;

export type Cells = readonly [
  label: string,
  cairn: string,
  etcd: string,
  ratio: string,
  floor: string,
  verdict: string,
];

/** The lines of a row, one a metric, as text. */
export function cellsOf(row: MeasuredRow): readonly Cells[] {
  return compare(row).map((comparison) => [
    metrics[comparison.metric].label,
    numberText(comparison.cairn),
    numberText(comparison.etcd),
    comparison.ratio === undefined ? '' : comparison.ratio.toFixed(2),
    floorText(comparison),
    verdictText(comparison),
  ]);
}

/** Three digits that count, and all before the point; empty for nothing. */
export function numberText(value: number | undefined): string {
  if (value === undefined) return '';
  const size = Math.abs(value);
  const decimals = size >= 100 || value === 0 ? 0 : size >= 10 ? 1 : size >= 1 ? 2 : 3;
  return value.toLocaleString('en-US', { minimumFractionDigits: decimals, maximumFractionDigits: decimals });
}

function floorText({ metric, floor }: Comparison): string {
  if (floor === undefined) return '';
  return `${metrics[metric].better === 'higher' ? '≥' : '≤'} ${floor.toFixed(2)}`;
}

function verdictText({ meetsFloor }: Comparison): string {
  if (meetsFloor === undefined) return '';
  return meetsFloor ? 'ok' : 'under the floor';
}
