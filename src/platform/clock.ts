/** Time and chance come in through these, so that a simulation can own them (design section 6). */

export type Cancel = () => void;

export interface Clock {
  /** Milliseconds since 1970. It may be set forward or back at any time: for what is stored or shown, never for a wait. */
  now(): number;
  /** Milliseconds of a clock that only goes forward, evenly; for deadlines and durations. */
  monotonicMs(): number;
  /** Calls `run` again and again until cancelled. */
  every(intervalMs: number, run: () => void): Cancel;
  /** Calls `run` once unless cancelled before. */
  after(delayMs: number, run: () => void): Cancel;
  /** Calls `run` once, after everything that arrives in this turn of the event loop. */
  soon(run: () => void): void;
}

/** A number in [0, 1). */
export type Random = () => number;
