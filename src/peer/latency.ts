import type { LatencyStatus } from './types';

/** Append requests that are timed at once; more than raft lets be in flight are not worth it. */
const TIMED_MAX = 1024;
/** What etcd shows as the minimum before the first sample: 2^63 as a float (spec v2-api section 8). */
const NO_MINIMUM = 2 ** 63;

interface Timed {
  readonly lastIndex: number;
  readonly sentAtMs: number;
}

/** How long one follower takes to answer append requests that carry entries: sending, storing and answering. */
export class AppendLatency {
  private timed: Timed[] = [];
  private currentMs = 0;
  private sumMs = 0;
  private sumOfSquares = 0;
  private minimumMs = NO_MINIMUM;
  private maximumMs = 0;
  private successCount = 0;
  private failCount = 0;

  /** @param onAnswered gets each time that was taken, in milliseconds */
  constructor(private readonly onAnswered: (elapsedMs: number) => void = () => undefined) {}

  /** A request left whose last entry is `lastIndex`. Times are of a clock that never goes back. */
  sent(lastIndex: number, nowMs: number): void {
    if (this.timed.length < TIMED_MAX) this.timed.push({ lastIndex, sentAtMs: nowMs });
  }

  /** The follower holds everything up to `index`. */
  acknowledged(index: number, nowMs: number): void {
    let answered = 0;
    for (const { lastIndex, sentAtMs } of this.timed) {
      if (lastIndex > index) break;
      answered += 1;
      this.record(nowMs - sentAtMs);
    }
    if (answered > 0) this.timed.splice(0, answered);
  }

  /** The follower's log did not match: what was sent after that point is answered the same way or not at all. */
  refused(): void {
    this.timed = [];
  }

  /** A request was dropped before it left. */
  dropped(): void {
    this.failCount += 1;
  }

  /** The link broke: requests without an answer have failed. */
  lost(): void {
    this.failCount += this.timed.length;
    this.timed = [];
  }

  status(id: string): LatencyStatus {
    const { currentMs, minimumMs, maximumMs, successCount, failCount } = this;
    const averageMs = successCount === 0 ? 0 : this.sumMs / successCount;
    const variance = successCount === 0 ? 0 : Math.max(0, this.sumOfSquares / successCount - averageMs ** 2);
    const standardDeviationMs = Math.sqrt(variance);
    return { id, currentMs, averageMs, standardDeviationMs, minimumMs, maximumMs, successCount, failCount };
  }

  private record(elapsedMs: number): void {
    this.onAnswered(elapsedMs);
    this.currentMs = elapsedMs;
    this.sumMs += elapsedMs;
    this.sumOfSquares += elapsedMs ** 2;
    this.minimumMs = Math.min(this.minimumMs, elapsedMs);
    this.maximumMs = Math.max(this.maximumMs, elapsedMs);
    this.successCount += 1;
  }
}
