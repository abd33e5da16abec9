import type { Random } from '../platform/clock';

const FIRST_MS = 100;
const LONGEST_MS = 2000;

/** Waits between attempts: doubling from 100 ms to 2 s, each shortened by up to half so that members do not call in step. */
export class BackOff {
  private failures = 0;

  constructor(private readonly random: Random) {}

  /** How long to wait after one more failure, in milliseconds. */
  nextMs(): number {
    const fullMs = Math.min(LONGEST_MS, FIRST_MS * 2 ** this.failures);
    if (fullMs < LONGEST_MS) this.failures += 1;
    return fullMs * (1 - this.random() / 2);
  }

  /** The wait after an answer that only an operator can change. */
  longestMs(): number {
    return LONGEST_MS * (1 - this.random() / 2);
  }

  reset(): void {
    this.failures = 0;
  }
}
