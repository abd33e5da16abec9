import type { Cancel, Clock } from './clock';

/** The machine's own clock and timers. */
export class RealClock implements Clock {
  now(): number {
    return Date.now();
  }

  monotonicMs(): number {
    return performance.now();
  }

  every(intervalMs: number, run: () => void): Cancel {
    const timer = setInterval(run, intervalMs);
    return () => {
      clearInterval(timer);
    };
  }

  after(delayMs: number, run: () => void): Cancel {
    const timer = setTimeout(run, delayMs);
    return () => {
      clearTimeout(timer);
    };
  }

  soon(run: () => void): void {
    setImmediate(run);
  }
}
