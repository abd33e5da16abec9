import type { Program } from '../../test/support/serverProcess';
import { median } from './statistics';
import { metricNames, metrics } from './metrics';
import type { MetricName, Sample } from './metrics';

/** A bound for the ratio Cairn/etcd: the least if more is better, the most if less is better. */
export interface Floor {
  readonly metric: MetricName;
  readonly ratio: number;
}

/** What is measured, whoever is measured. The title is unique in a run. */
export interface Row {
  readonly title: string;
  readonly floors: readonly Floor[];
}

/** A row with its samples, one a round (or more where a round repeats the event). */
export interface MeasuredRow extends Row {
  readonly group: string;
  readonly samples: Readonly<Record<Program, readonly Sample[]>>;
}

/** Medians of one metric of a row. */
export interface Comparison {
  readonly metric: MetricName;
  readonly cairn: number | undefined;
  readonly etcd: number | undefined;
  /** Cairn/etcd; undefined if one is missing or etcd's is 0. */
  readonly ratio: number | undefined;
  readonly floor: number | undefined;
  /** undefined: there is no floor, or nothing to compare with. */
  readonly meetsFloor: boolean | undefined;
}

/** One comparison for each metric that a program has samples of, in the order of the table of metrics. */
export function compare(row: MeasuredRow): readonly Comparison[] {
  return metricNames.flatMap((metric) => {
    const [cairn, etcd] = [medianOf(row.samples.cairn, metric), medianOf(row.samples.etcd, metric)];
    if (cairn === undefined && etcd === undefined) return [];
    const ratio = cairn === undefined || etcd === undefined || etcd === 0 ? undefined : cairn / etcd;
    const floor = row.floors.find((each) => each.metric === metric)?.ratio;
    return [{ metric, cairn, etcd, ratio, floor, meetsFloor: judge(metric, ratio, floor) }];
  });
}

function medianOf(samples: readonly Sample[], metric: MetricName): number | undefined {
  return median(samples.flatMap((sample) => sample[metric] ?? []));
}

function judge(metric: MetricName, ratio: number | undefined, floor: number | undefined): boolean | undefined {
  if (ratio === undefined || floor === undefined) return undefined;
  return metrics[metric].better === 'higher' ? ratio >= floor : ratio <= floor;
}
