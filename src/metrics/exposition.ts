/**
 * The text format of Prometheus, version 0.0.4. The rows are written by hand because the registry of prom-client takes only
 * what it has counted itself, and here everything is counted elsewhere.
 */
import type { HistogramRow, HistogramSample, NumberRow, Row } from './row';
import type { Readings } from './readings';

/** One row with its HELP and TYPE lines; a row that has no samples now is left out, as in etcd. */
export function exposeRow(row: Row, readings: Readings): string {
  return withHead(row, row.type === 'histogram' ? histogramLines(row, readings) : numberLines(row, readings));
}

/** The same for a row that needs less than a member has. */
export function exposeNumberRow<R>(row: NumberRow<R>, readings: R): string {
  return withHead(row, numberLines(row, readings));
}

function withHead({ name, type, help }: Pick<Row, 'name' | 'type' | 'help'>, lines: readonly string[]): string {
  if (lines.length === 0) return '';
  return `# HELP ${name} ${escapeHelp(help)}.\n# TYPE ${name} ${type}\n${lines.join('\n')}\n`;
}

function numberLines<R>(row: NumberRow<R>, readings: R): string[] {
  return row.read(readings).map(({ labels, value }) => {
    const pairs = pairsOf(row.labels, labels);
    return `${row.name}${pairs === '' ? '' : `{${pairs}}`} ${numberText(value)}`;
  });
}

function histogramLines(row: HistogramRow, readings: Readings): string[] {
  return row.read(readings).flatMap((sample) => sampleLines(row, sample));
}

function sampleLines({ name, labels, buckets }: HistogramRow, { labels: values, parts }: HistogramSample): string[] {
  const pairs = pairsOf(labels, values);
  const before = pairs === '' ? '' : `${pairs},`;
  const around = pairs === '' ? '' : `{${pairs}}`;
  const countUpTo = (bound: number): number => parts.reduce((sum, part) => sum + part.countUpTo(bound), 0);
  const sum = parts.reduce((total, part) => total + part.sum, 0);
  return [
    ...[...buckets, Infinity].map((bound) => `${name}_bucket{${before}le="${numberText(bound)}"} ${countUpTo(bound)}`),
    `${name}_sum${around} ${numberText(sum)}`,
    `${name}_count${around} ${countUpTo(Infinity)}`,
  ];
}

function pairsOf(names: readonly string[], values: readonly string[]): string {
  return names.map((name, position) => `${name}="${escapeLabel(values[position] ?? '')}"`).join(',');
}

function numberText(value: number): string {
  if (value === Infinity) return '+Inf';
  return value === -Infinity ? '-Inf' : String(value);
}

function escapeHelp(text: string): string {
  return text.replaceAll('\\', '\\\\').replaceAll('\n', '\\n');
}

function escapeLabel(text: string): string {
  return escapeHelp(text).replaceAll('"', '\\"');
}
