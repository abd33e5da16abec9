import { exposeNumberRow } from './exposition';
import { runtimeRegistry } from './runtime';
import { proxyRows, type ProxyReadings } from './table/proxy';

/** What `/metrics` of a proxy shows: its rows, and what prom-client knows of the process. */
export async function proxyMetrics(readings: ProxyReadings): Promise<string> {
  const runtime = await runtimeRegistry().metrics();
  return proxyRows.map((row) => exposeNumberRow(row, readings)).join('') + runtime;
}
