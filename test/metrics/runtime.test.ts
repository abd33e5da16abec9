import { runtimeRegistry } from '../../src/metrics/runtime';
import { Metrics } from '../../src/metrics/metrics';

test('the process is watched once, and is still when what it served before has stopped', async () => {
  const registry = runtimeRegistry();
  const options = { detail: 'basic', legacyNames: false, nowMs: () => performance.now() } as const;
  for (let turn = 0; turn < 3; turn++) new Metrics(options).stop();
  expect(runtimeRegistry()).toBe(registry);
  expect(await registry.metrics()).toContain('process_cpu_seconds_total');
});
