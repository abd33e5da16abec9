import type { Histogram } from './histogram';

const INTERVAL_MS = 100;

/**
 * How late a timer is called, ten times a second: everything else of this process waits as long. Node's own monitor knows
 * quantiles since its last reset only, which cannot be added up over time or members.
 */
export function watchEventLoop(histogram: Histogram, nowMs: () => number): { stop(): void } {
  let dueMs = nowMs() + INTERVAL_MS;
  const timer = setInterval(() => {
    const now = nowMs();
    histogram.observeMs(Math.max(0, now - dueMs));
    dueMs = now + INTERVAL_MS;
  }, INTERVAL_MS);
  timer.unref();
  return {
    stop: () => {
      clearInterval(timer);
    },
  };
}
