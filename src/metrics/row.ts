/** What a row of the table of metrics says, and short ways to write one. */
import type { Histogram } from './histogram';
import type { Readings } from './readings';

/** A value with the values of its labels, in the order of the row's label names. */
export interface Sample {
  readonly labels: readonly string[];
  readonly value: number;
}

/** Histograms that are shown as one. */
export interface HistogramSample {
  readonly labels: readonly string[];
  readonly parts: readonly Histogram[];
}

interface RowBase {
  readonly name: string;
  readonly labels: readonly string[];
  /** One sentence without its full stop, as Prometheus shows it. */
  readonly help: string;
  /** Where in Cairn the number comes from. */
  readonly source: string;
}

/** @typeParam R what has to be looked up for it */
export interface NumberRow<R = Readings> extends RowBase {
  readonly type: 'counter' | 'gauge';
  readonly read: (readings: R) => readonly Sample[];
}

export interface HistogramRow extends RowBase {
  readonly type: 'histogram';
  /** Upper bounds in seconds; all of them are bounds of the histograms that are read. */
  readonly buckets: readonly number[];
  readonly read: (readings: Readings) => readonly HistogramSample[];
}

export type Row = NumberRow | HistogramRow;

type Words = readonly [help: string, source: string];
type ReadNumber<R> = (readings: R) => number;
type ReadLabelled<R> = (readings: R) => readonly (readonly [labels: readonly string[], value: number])[];

function single<R>(type: 'counter' | 'gauge', name: string, [help, source]: Words, read: ReadNumber<R>): NumberRow<R> {
  return { name, type, labels: [], help, source, read: (readings) => [{ labels: [], value: read(readings) }] };
}

export function counter<R = Readings>(name: string, words: Words, read: ReadNumber<R>): NumberRow<R> {
  return single('counter', name, words, read);
}

export function gauge<R = Readings>(name: string, words: Words, read: ReadNumber<R>): NumberRow<R> {
  return single('gauge', name, words, read);
}

/** One value for each combination of labels. */
export function labelled<R = Readings>(
  type: 'counter' | 'gauge',
  name: string,
  labels: readonly string[],
  [help, source]: Words,
  read: ReadLabelled<R>,
): NumberRow<R> {
  const samples: NumberRow<R>['read'] = (readings) => read(readings).map(([of, value]) => ({ labels: of, value }));
  return { name, type, labels, help, source, read: samples };
}

export function histogram(
  name: string,
  [help, source]: Words,
  buckets: readonly number[],
  read: (readings: Readings) => Histogram,
): HistogramRow {
  const samples: HistogramRow['read'] = (readings) => [{ labels: [], parts: [read(readings)] }];
  return { name, type: 'histogram', labels: [], help, source, buckets, read: samples };
}

export function labelledHistogram(
  name: string,
  labels: readonly string[],
  [help, source]: Words,
  buckets: readonly number[],
  read: HistogramRow['read'],
): HistogramRow {
  return { name, type: 'histogram', labels, help, source, buckets, read };
}

/** The same numbers under another name. */
export function renamed(row: Row, name: string, type?: 'counter' | 'gauge'): Row {
  if (row.type === 'histogram') return { ...row, name };
  return { ...row, name, type: type ?? row.type };
}
