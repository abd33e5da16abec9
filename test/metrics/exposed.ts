/** Reads the text format of Prometheus, as far as Cairn and etcd use it. */

export interface ExposedMetric {
  readonly type: string;
  readonly samples: readonly ExposedSample[];
}

export interface ExposedSample {
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number;
}

/** By the names of the TYPE lines. Throws at a line that is neither comment nor sample. */
export function parseExposed(text: string): ReadonlyMap<string, ExposedMetric> {
  const metrics = new Map<string, { type: string; samples: ExposedSample[] }>();
  let current: ExposedSample[] = [];
  for (const line of text.split('\n')) {
    const [, typed, type] = /^# TYPE (\S+) (\S+)$/.exec(line) ?? [];
    if (typed !== undefined && type !== undefined) {
      current = [];
      metrics.set(typed, { type, samples: current });
    } else if (line !== '' && !line.startsWith('#')) {
      current.push(parseSample(line));
    }
  }
  return metrics;
}

function parseSample(line: string): ExposedSample {
  const [, name, pairs = '', value] = /^([\w:]+)(?:\{(.*)\})? (\S+)$/.exec(line) ?? [];
  if (name === undefined || value === undefined) throw new Error(`not a sample: ${line}`);
  const labels = Object.fromEntries(
    [...pairs.matchAll(/(\w+)="((?:[^"\\]|\\.)*)"/g)].map(([, key = '', text = '']) => [key, text]),
  );
  return { name, labels, value: Number(value.replace('Inf', 'Infinity')) };
}

/** The names of all labels but `le`, sorted. */
export function labelNames({ samples }: ExposedMetric): readonly string[] {
  const names = new Set(samples.flatMap(({ labels }) => Object.keys(labels)));
  names.delete('le');
  return [...names].sort();
}

/** The bounds of a histogram's buckets, as text. */
export function bounds({ samples }: ExposedMetric): readonly string[] {
  return [
    ...new Set(samples.flatMap(({ labels }) => (labels['le'] === undefined ? [] : [String(Number(labels['le']))]))),
  ];
}

/** The sum of the samples that have these labels. */
export function sumOf(
  metrics: ReadonlyMap<string, ExposedMetric>,
  name: string,
  labels: Readonly<Record<string, string>> = {},
): number {
  const found = metrics.get(name)?.samples ?? [];
  return found
    .filter(
      (sample) => sample.name === name && Object.entries(labels).every(([key, text]) => sample.labels[key] === text),
    )
    .reduce((sum, { value }) => sum + value, 0);
}
