/** When to act on changes that come in bursts: once it is quiet, and not much later than the first. Pure. */
export interface DebounceBounds {
  /** Without a further change for so long, it is quiet. */
  readonly quietMs: number;
  /** After the first change, whatever comes. */
  readonly longestMs: number;
}

export class Debounce {
  private firstMs: number | undefined;
  private lastMs = 0;

  constructor(private readonly bounds: DebounceBounds) {}

  /** @param nowMs - of a clock that never goes back */
  changed(nowMs: number): void {
    this.firstMs ??= nowMs;
    this.lastMs = nowMs;
  }

  /** When to act, on the same clock; undefined: nothing has changed. */
  dueMs(): number | undefined {
    if (this.firstMs === undefined) return undefined;
    return Math.min(this.lastMs + this.bounds.quietMs, this.firstMs + this.bounds.longestMs);
  }
}
