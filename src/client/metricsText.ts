/** Reads the text format of Prometheus, as far as dashboard and commands need it. It is pure: a browser runs it too. */

export interface Sample {
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number;
}

export type Metrics = ReadonlyMap<string, readonly Sample[]>;

const LINE = /^([a-zA-Z_:][a-zA-Z0-9_:]*)(?:\{(.*)\})? (\S+)$/;
/** One after the other from the beginning: looking for the next one anywhere would take the square of what is none. */
const LABEL = /,?([a-zA-Z_][a-zA-Z0-9_]*)="((?:[^"\\]|\\.)*)"/gy;

export function parseMetrics(text: string): Metrics {
  const metrics = new Map<string, Sample[]>();
  for (const line of text.split('\n')) {
    const [, name, labels = '', number] = LINE.exec(line) ?? [];
    if (name === undefined || number === undefined) continue;
    const sample = { labels: labelsOf(labels), value: numberOf(number) };
    const samples = metrics.get(name);
    if (samples === undefined) metrics.set(name, [sample]);
    else samples.push(sample);
  }
  return metrics;
}

function numberOf(text: string): number {
  if (text === '+Inf') return Infinity;
  return text === '-Inf' ? -Infinity : Number(text);
}

function labelsOf(text: string): Record<string, string> {
  const labels: Record<string, string> = Object.create(null) as Record<string, string>;
  for (const [, name = '', value = ''] of text.matchAll(LABEL)) labels[name] = value.replace(/\\(.)/g, unescaped);
  return labels;
}

function unescaped(_: string, letter: string): string {
  return letter === 'n' ? '\n' : letter;
}

/** All samples of a name together; undefined: it is not there. */
export function sumOf(metrics: Metrics, name: string): number | undefined {
  const samples = metrics.get(name);
  return samples?.reduce((sum, { value }) => sum + value, 0);
}

/**
 * The quantile of what happened between two readings, in the unit of the buckets, as Prometheus computes it; undefined: nothing did.
 *
 * @param name of the histogram, without `_bucket`
 */
export function quantileBetween(before: Metrics, after: Metrics, name: string, quantile: number): number | undefined {
  const counted = bucketsOf(after, name);
  const earlier = bucketsOf(before, name);
  const buckets = [...counted]
    .map(([bound, count]): [number, number] => [bound, count - (earlier.get(bound) ?? 0)])
    .sort(([one], [other]) => one - other);
  const total = buckets.at(-1)?.[1] ?? 0;
  if (total <= 0) return undefined;
  const wanted = total * quantile;
  let [lowBound, lowCount] = [0, 0];
  for (const [bound, count] of buckets) {
    if (count >= wanted) {
      if (bound === Infinity) return lowBound;
      return lowBound + ((bound - lowBound) * (wanted - lowCount)) / Math.max(1e-9, count - lowCount);
    }
    [lowBound, lowCount] = [bound, count];
  }
  return lowBound;
}

function bucketsOf(metrics: Metrics, name: string): Map<number, number> {
  const buckets = new Map<number, number>();
  for (const { labels, value } of metrics.get(`${name}_bucket`) ?? []) {
    const bound = numberOf(labels['le'] ?? '');
    buckets.set(bound, (buckets.get(bound) ?? 0) + value);
  }
  return buckets;
}
