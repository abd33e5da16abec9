/** Counts and rates of append requests. */

/** Samples in a rate, as in etcd. */
const WINDOW = 200;
/** A window whose newest sample is older says nothing about now. */
const STALE_MS = 1000;

export interface Rates {
  /** Per second. */
  readonly packages: number;
  readonly bytes: number;
}

const NO_RATES: Rates = { packages: 0, bytes: 0 };

/** A count, and the rates over the last 200 things counted. */
export class RateWindow {
  private readonly times = new Float64Array(WINDOW);
  private readonly sizes = new Float64Array(WINDOW);
  private total = 0;
  private windowStart = 0;

  get count(): number {
    return this.total;
  }

  /** @param nowMs a clock that never goes back */
  add(bytes: number, nowMs: number): void {
    const slot = this.total % WINDOW;
    this.times[slot] = nowMs;
    this.sizes[slot] = bytes;
    this.total += 1;
    this.windowStart = Math.max(this.windowStart, this.total - WINDOW);
  }

  rates(nowMs: number): Rates {
    const samples = this.total - this.windowStart;
    if (samples < 2) return NO_RATES;
    const newest = this.at(this.times, this.total - 1);
    if (nowMs - newest > STALE_MS) {
      this.windowStart = this.total;
      return NO_RATES;
    }
    const spanMs = newest - this.at(this.times, this.windowStart);
    if (spanMs <= 0) return NO_RATES;
    let bytes = 0;
    for (let position = this.windowStart; position < this.total; position += 1) bytes += this.at(this.sizes, position);
    return { packages: (samples * 1000) / spanMs, bytes: (bytes * 1000) / spanMs };
  }

  private at(values: Float64Array, position: number): number {
    return values[position % WINDOW] ?? 0;
  }
}
