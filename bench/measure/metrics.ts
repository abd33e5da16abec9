/** Everything a row can say about a program. */
export interface Metric {
  /** With its unit, as it stands in the table. */
  readonly label: string;
  readonly better: 'higher' | 'lower';
}

export const metrics = {
  requestsPerSecond: { label: 'requests/s', better: 'higher' },
  p50Ms: { label: 'p50, ms', better: 'lower' },
  p99Ms: { label: 'p99, ms', better: 'lower' },
  worstMs: { label: 'slowest, ms', better: 'lower' },
  lastWatcherMs: { label: 'until the last watcher has it, ms', better: 'lower' },
  kibPerWatch: { label: 'memory of one watch, KiB', better: 'lower' },
  bytesPerKey: { label: 'memory of one key, bytes', better: 'lower' },
  restartMs: { label: 'until healthy, ms', better: 'lower' },
  caughtUpMs: { label: 'until it has all keys, ms', better: 'lower' },
  goneMs: { label: 'from the last due moment until all are gone, ms', better: 'lower' },
  firstWriteMs: { label: 'until the next write succeeds, ms', better: 'lower' },
  startMs: { label: 'from start until healthy, ms', better: 'lower' },
  cpuSecondsPer10k: { label: 'server CPU, s per 10,000 requests', better: 'lower' },
  residentMib: { label: 'resident memory of all members, MiB', better: 'lower' },
  errors: { label: 'errors', better: 'lower' },
} as const satisfies Record<string, Metric>;

export type MetricName = keyof typeof metrics;

export const metricNames = Object.keys(metrics) as readonly MetricName[];

/** What one round of one program gave. */
export type Sample = Readonly<Partial<Record<MetricName, number>>>;
