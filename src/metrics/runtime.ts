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

/** What prom-client knows of the process and of Node.js: processor, memory, garbage collection, event loop. */
export function createRuntimeRegistry(): Registry {
  const registry = new Registry();
  collectDefaultMetrics({ register: registry });
  for (const name of LEFT_OUT) registry.removeSingleMetric(name);
  return registry;
}
