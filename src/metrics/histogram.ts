/**
 * A histogram that costs some nanoseconds an observation: a search in a few bounds and two additions, no object, no label.
 * Its bounds may be finer than those it is shown with, so that one count serves several names with different buckets.
 */
export class Histogram {
  private readonly bounds: Float64Array;
  private readonly counts: Float64Array;
  private total = 0;

  /** @param bounds upper bounds in seconds, rising */
  constructor(bounds: readonly number[]) {
    this.bounds = Float64Array.from(bounds);
    this.counts = new Float64Array(bounds.length + 1);
  }

  /** Seconds of everything that was observed. */
  get sum(): number {
    return this.total;
  }

  observeMs(elapsedMs: number): void {
    const { bounds, counts } = this;
    const seconds = elapsedMs / 1000;
    let low = 0;
    let high = bounds.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (seconds <= (bounds[middle] ?? Infinity)) high = middle;
      else low = middle + 1;
    }
    counts[low] = (counts[low] ?? 0) + 1;
    this.total += seconds;
  }

  /** How many observations were at most `bound`, which is one of the bounds, or infinity. */
  countUpTo(bound: number): number {
    const { bounds, counts } = this;
    let count = 0;
    for (let position = 0; position < counts.length && (bounds[position] ?? Infinity) <= bound; position++) {
      count += counts[position] ?? 0;
    }
    return count;
  }
}

/** `start`, `start * 2`, ... */
export function doubling(start: number, count: number): readonly number[] {
  return Array.from({ length: count }, (_, position) => start * 2 ** position);
}

/** One histogram for each value of a label; the values are members, so there are few. */
export class HistogramByLabel {
  private readonly histograms = new Map<string, Histogram>();

  constructor(private readonly bounds: readonly number[]) {}

  of(label: string): Histogram {
    const known = this.histograms.get(label);
    if (known !== undefined) return known;
    const made = new Histogram(this.bounds);
    this.histograms.set(label, made);
    return made;
  }

  /** All others are forgotten. */
  keep(labels: ReadonlySet<string>): void {
    for (const label of this.histograms.keys()) if (!labels.has(label)) this.histograms.delete(label);
  }

  entries(): readonly (readonly [label: string, histogram: Histogram])[] {
    return [...this.histograms];
  }
}
