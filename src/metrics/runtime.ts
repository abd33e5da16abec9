import { collectDefaultMetrics, Registry } from 'prom-client';

/**
 * Those of prom-client's own metrics that would list all connections, or all open files, in the event loop: with ten
 * thousand watches each takes milliseconds. The file counts are rows of the table instead.
 */
const LEFT_OUT = [
  ...['process_open_fds', 'process_max_fds'],
  ...['nodejs_active_resources', 'nodejs_active_resources_total'],
  ...['nodejs_active_handles', 'nodejs_active_handles_total'],
  ...['nodejs_active_requests', 'nodejs_active_requests_total'],
] as const;

/**
 * Those of Node's monitor of the event loop, which wakes an idle process a hundred times a second, for most of what it uses of the
 * processor then, and whose quantiles cannot be added up over time or members: `etcd_eventloop_lag_seconds` is for that.
 */
const MONITORED = ['min', 'max', 'mean', 'stddev', 'p50', 'p90', 'p99'].map(
  (what) => `nodejs_eventloop_lag_${what}_seconds`,
);
/** How often it wakes the process; prom-client starts it in any case. */
const MONITOR_INTERVAL_MS = 60_000;

let ofThisProcess: Registry | undefined;

/**
 * What prom-client knows of the process and of Node.js: processor, memory, garbage collection, event loop. One for the whole process, whatever
 * it serves after the other: what prom-client watches it watches for ever.
 */
export function runtimeRegistry(): Registry {
  return (ofThisProcess ??= createRegistry());
}

function createRegistry(): Registry {
  const registry = new Registry();
  collectDefaultMetrics({ register: registry, eventLoopMonitoringPrecision: MONITOR_INTERVAL_MS });
  for (const name of [...LEFT_OUT, ...MONITORED]) registry.removeSingleMetric(name);
  return registry;
}
