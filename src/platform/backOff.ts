import type { Random } from './clock';

/** How long to wait after the first failure, and at most. */
export interface BackOffBounds {
  readonly firstMs: number;
  readonly longestMs: number;
}

/**
 * Exponential back-off with jitter: how long to wait before the next attempt. Waits double from the first to the longest, each shortened
 * by up to half, so that those that failed together do not come back together. It says how long; whoever asks waits.
 *
 * What looks again at an even pace is none of these: a proxy that refreshes its list as often as an option says, a log that waits
 * for its pipe, a member that looks whether its own state has changed.
 */
export class BackOff {
  private fullMs: number;

  constructor(
    private readonly bounds: BackOffBounds,
    private readonly random: Random,
  ) {
    this.fullMs = Math.min(bounds.firstMs, bounds.longestMs);
  }

  /** How long to wait after one more failure, in milliseconds. */
  nextMs(): number {
    const waitMs = this.shortened(this.fullMs);
    this.fullMs = Math.min(2 * this.fullMs, this.bounds.longestMs);
    return waitMs;
  }

  /** The wait after an answer that only an operator can change. */
  longestMs(): number {
    return this.shortened(this.bounds.longestMs);
  }

  /** Something went well: the next wait is a short one. */
  reset(): void {
    this.fullMs = Math.min(this.bounds.firstMs, this.bounds.longestMs);
  }

  private shortened(fullMs: number): number {
    return fullMs * (1 - this.random() / 2);
  }
}
