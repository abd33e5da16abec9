/** When to say that something ends: from some time before on, and when it has ended, each at once and then once a day. */

const DAY_MS = 86_400_000;

export type Stage = 'soon' | 'past';

export class Ending {
  private said: { readonly stage: Stage; readonly atMs: number } | undefined;

  /**
   * What is to be said now; undefined: nothing. All times are milliseconds since 1970.
   *
   * @param aheadMs how long before its end it is said
   */
  news(nowMs: number, endMs: number, aheadMs: number): Stage | undefined {
    if (endMs - nowMs >= aheadMs) return undefined;
    const stage = endMs <= nowMs ? 'past' : 'soon';
    if (this.said?.stage === stage && nowMs - this.said.atMs < DAY_MS) return undefined;
    this.said = { stage, atMs: nowMs };
    return stage;
  }

  /** Another one has taken its place. */
  reset(): void {
    this.said = undefined;
  }
}
