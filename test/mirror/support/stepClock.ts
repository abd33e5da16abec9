/** A clock that a test sets forward. */
import type { Cancel, Clock } from '../../../src/platform/clock';

interface Timer {
  readonly atMs: number;
  readonly run: () => void;
}

export class StepClock implements Clock {
  private nowMs = 1000;
  private timers: Timer[] = [];

  now(): number {
    return this.nowMs;
  }

  monotonicMs(): number {
    return this.nowMs;
  }

  after(delayMs: number, run: () => void): Cancel {
    const timer = { atMs: this.nowMs + delayMs, run };
    this.timers.push(timer);
    return () => {
      this.timers = this.timers.filter((each) => each !== timer);
    };
  }

  every(): Cancel {
    throw new Error('nothing here asks for it');
  }

  soon(): void {
    throw new Error('nothing here asks for it');
  }

  /** Runs what is due by then, in order; between two of them everything that follows from the first. */
  async step(byMs: number): Promise<void> {
    const endMs = this.nowMs + byMs;
    await quiet();
    for (;;) {
      const [next] = this.timers.filter(({ atMs }) => atMs <= endMs).sort((a, b) => a.atMs - b.atMs);
      if (next === undefined) break;
      this.timers = this.timers.filter((each) => each !== next);
      this.nowMs = next.atMs;
      next.run();
      await quiet();
    }
    this.nowMs = endMs;
  }

  /** How many wait. */
  get waiting(): number {
    return this.timers.length;
  }
}

/** Until promises that wait for nothing outside are settled. */
async function quiet(): Promise<void> {
  for (let turn = 0; turn < 20; turn++) await new Promise((done) => setImmediate(done));
}
