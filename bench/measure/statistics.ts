/** The middle value, or the mean of the two in the middle; undefined for none. */
export function median(values: readonly number[]): number | undefined {
  const sorted = [...values].sort((one, other) => one - other);
  const upper = sorted[Math.floor(sorted.length / 2)];
  const lower = sorted[Math.ceil(sorted.length / 2) - 1];
  return upper === undefined || lower === undefined ? undefined : (upper + lower) / 2;
}

/**
 * The smallest value that at least this fraction of all values does not exceed (nearest rank); 0 for none.
 *
 * @param sorted ascending
 * @param fraction 0 to 1
 */
export function percentile(sorted: Float64Array, fraction: number): number {
  const rank = Math.max(1, Math.ceil(fraction * sorted.length));
  return sorted[rank - 1] ?? 0;
}

export interface LatencySummary {
  readonly p50Ms: number;
  readonly p99Ms: number;
  readonly worstMs: number;
}

/** Latencies of any number of requests, in the order they came. */
export class Latencies {
  private values = new Float64Array(4096);
  private used = 0;

  add(ms: number): void {
    if (this.used === this.values.length) {
      const larger = new Float64Array(this.used * 2);
      larger.set(this.values);
      this.values = larger;
    }
    this.values[this.used++] = ms;
  }

  get count(): number {
    return this.used;
  }

  summary(): LatencySummary {
    const sorted = this.values.slice(0, this.used).sort();
    return { p50Ms: percentile(sorted, 0.5), p99Ms: percentile(sorted, 0.99), worstMs: sorted[this.used - 1] ?? 0 };
  }
}
