/** Bounds how often something may be asked for, whoever asks: what costs all clients must not be free for one. */
export class Rate {
  private left: number;
  private countedAtMs: number | undefined;

  /**
   * @param atOnce times at one moment
   * @param perSecond times more with each second after that
   */
  constructor(
    private readonly atOnce: number,
    private readonly perSecond: number,
  ) {
    this.left = atOnce;
  }

  /** False if this one would be too many. @param nowMs a clock that was set back counts as standing still */
  take(nowMs: number): boolean {
    const elapsedMs = Math.max(0, nowMs - (this.countedAtMs ?? nowMs));
    this.countedAtMs = nowMs;
    this.left = Math.min(this.atOnce, this.left + (elapsedMs * this.perSecond) / 1000);
    if (this.left < 1) return false;
    this.left -= 1;
    return true;
  }
}
