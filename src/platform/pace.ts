/** How fast somebody has to take what is long, and the wait until he has taken so much that he can be sent more. */
import type { Clock } from './clock';

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

/** What came of a wait; stalled: nothing was taken of one part, behind: too little of all of them. */
export type Taken = 'taken' | 'gone' | 'stalled' | 'behind';

type DrainEvent = 'drain' | 'close';

/** A stream that may be full after each part. */
interface Draining {
  on(event: DrainEvent, listener: () => void): unknown;
  off(event: DrainEvent, listener: () => void): unknown;
}

/** Somebody who is sent something, part by part. */
export class PacedReader {
  private sentBytes = 0;
  private waitedMs = 0;

  constructor(
    private readonly stream: Draining,
    private readonly clock: Pick<Clock, 'monotonicMs' | 'after'>,
    private readonly pace: Pace,
  ) {}

  sent(bytes: number): void {
    this.sentBytes += bytes;
  }

  /** Waits until the stream, which is full, can take more. Never rejects. */
  async drained(): Promise<Taken> {
    const startMs = this.clock.monotonicMs();
    const taken = await this.drainedWithin(Math.min(this.pace.partMaxMs, this.leftMs));
    this.waitedMs += this.clock.monotonicMs() - startMs;
    return taken === 'taken' && this.leftMs === 0 ? 'behind' : taken;
  }

  private get leftMs(): number {
    const { bytesAMsMin, behindMaxMs } = this.pace;
    return Math.max(0, behindMaxMs + this.sentBytes / bytesAMsMin - this.waitedMs);
  }

  private drainedWithin(limitMs: number): Promise<Taken> {
    const { stream, clock, pace } = this;
    return new Promise((resolve) => {
      const settle = (taken: Taken): void => {
        cancel();
        stream.off('drain', drained);
        stream.off('close', closed);
        resolve(taken);
      };
      const drained = (): void => {
        settle('taken');
      };
      const closed = (): void => {
        settle('gone');
      };
      const cancel = clock.after(limitMs, () => {
        settle(limitMs === pace.partMaxMs ? 'stalled' : 'behind');
      });
      stream.on('drain', drained);
      stream.on('close', closed);
    });
  }
}
