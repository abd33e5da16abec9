import type { Cancel, Clock } from '../../src/platform/clock';
import type { Owner, Scheduler } from './scheduler';

/** A day on which the simulations take place; any would do. */
const EPOCH_MS = 1_700_000_000_000;
/** How long "after everything of this turn" is. */
const TURN_MS = 0.005;

/** How wrong the clock of one machine is. */
export interface ClockError {
  /** What it shows is off by so much. */
  offsetMs: number;
  /** Milliseconds it counts in one real one. */
  rate: number;
}

/** The clock of one machine: it shows a wrong time, runs too fast or slow, and stands still with its process. */
export class NodeClock implements Clock {
  private shownMs = 0;
  private lookedMs = 0;

  constructor(
    private readonly scheduler: Scheduler,
    private readonly owner: Owner,
    private readonly error: ClockError,
  ) {}

  now(): number {
    return Math.floor(EPOCH_MS + this.error.offsetMs + this.scheduler.nowMs * this.error.rate);
  }

  monotonicMs(): number {
    // Step by step: the rate may change, and what was shown must not.
    this.shownMs += (this.scheduler.nowMs - this.lookedMs) * this.error.rate;
    this.lookedMs = this.scheduler.nowMs;
    return this.shownMs;
  }

  every(intervalMs: number, run: () => void): Cancel {
    let pending = this.in(intervalMs, again.bind(this));
    function again(this: NodeClock): void {
      pending = this.in(intervalMs, again.bind(this));
      run();
    }
    return () => {
      pending.cancelled = true;
    };
  }

  after(delayMs: number, run: () => void): Cancel {
    const pending = this.in(delayMs, run);
    return () => {
      pending.cancelled = true;
    };
  }

  soon(run: () => void): void {
    this.scheduler.schedule(TURN_MS, run, this.owner);
  }

  private in(delayMs: number, run: () => void): { cancelled: boolean } {
    return this.scheduler.schedule(delayMs / this.error.rate, run, this.owner);
  }
}
