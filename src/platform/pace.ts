/** How fast somebody has to take what is long. */
export interface Pace {
  /** How long one part may take: who takes a byte a minute would hold what it is sent for ever. */
  readonly partMaxMs: number;
  /** What has to be taken on average, while it is waited for. */
  readonly bytesAMsMin: number;
  /** How far that may be missed. */
  readonly behindMaxMs: number;
}

/**
 * A part a minute would be days for a large state, and whoever sends it holds a view of its database so long. 64 KiB in a second are half a
 * megabit: whoever has less is better off with a copy that another machine made.
 */
export const USUAL_PACE: Pace = { partMaxMs: 60_000, bytesAMsMin: 64, behindMaxMs: 60_000 };

/** What is left to one who is sent something. */
export class PaceAccount {
  private sentBytes = 0;
  private waitedMs = 0;

  constructor(private readonly pace: Pace) {}

  /** So long it may be waited for now. */
  get leftMs(): number {
    const { partMaxMs, bytesAMsMin, behindMaxMs } = this.pace;
    return Math.min(partMaxMs, Math.max(0, behindMaxMs + this.sentBytes / bytesAMsMin - this.waitedMs));
  }

  sent(bytes: number): void {
    this.sentBytes += bytes;
  }

  waited(ms: number): void {
    this.waitedMs += ms;
  }
}
