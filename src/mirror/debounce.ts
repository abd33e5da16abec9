/** When to act on changes that come in bursts: once it is quiet, and not much later than the first. Pure. */
export interface DebounceBounds {
  /** Without a further change for so long, it is quiet. */
  readonly quietMs: number;
  /** After the first change, whatever comes. */
  readonly longestMs: number;
}

export class Debounce {
  private firstMs: number | undefined;

  constructor(private readonly bounds: DebounceBounds) {}

  /** In how many milliseconds to act, if nothing changes until then. @param nowMs - of a clock that never goes back */
  changed(nowMs: number): number {
    this.firstMs ??= nowMs;
    return Math.max(0, Math.min(this.bounds.quietMs, this.firstMs + this.bounds.longestMs - nowMs));
  }
}
