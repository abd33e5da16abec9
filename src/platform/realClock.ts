import type { Cancel, Clock } from './clock';

/**
 * The last moment of the year 9999. Times are stored in 48 bits, and the longest TTL (292 years) has to fit behind the present; dates have
 * years of four digits up to here.
 */
const LATEST_MS = 253_402_300_799_999;

/**
 * Milliseconds since 1970. A clock that is set to before 1970 or after 9999 stands still at that end: what is written with such a time could
 * not be stored, and would end the process.
 */
export function presentMs(): number {
  return Math.min(Math.max(Date.now(), 0), LATEST_MS);
}

/** The machine's own clock and timers. */
export class RealClock implements Clock {
  now(): number {
    return presentMs();
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
