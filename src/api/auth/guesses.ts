/** Slows whoever guesses passwords: after some wrong ones in a row each further one has to wait, longer each time. */

/** Whoever has not guessed for so long begins anew. */
const FORGOTTEN_AFTER_MS = 15 * 60_000;

export interface GuessLimits {
  /** So many wrong ones cost nothing: people mistype, and programs have an old password. */
  readonly free: number;
  /** The longest wait; the first is a second, and each is twice the one before. */
  readonly waitMaxMs: number;
  /** So many guessers are remembered; the one that was silent longest is forgotten for a new one. */
  readonly guessersMax: number;
}

interface Guesser {
  wrong: number;
  lastMs: number;
}

export class Guesses {
  /** In the order of their last wrong guess. */
  private readonly guessers = new Map<string, Guesser>();

  constructor(private readonly limits: GuessLimits) {}

  /** How long this guesser has to wait; 0: not at all. Milliseconds, as all here, of a clock that only goes on. */
  waitMs(guesser: string, nowMs: number): number {
    const known = this.guessers.get(guesser);
    if (known === undefined || known.wrong < this.limits.free) return 0;
    const doubled = 1000 * 2 ** Math.min(known.wrong - this.limits.free, 20);
    return Math.max(0, known.lastMs + Math.min(doubled, this.limits.waitMaxMs) - nowMs);
  }

  wrong(guesser: string, nowMs: number): void {
    const known = this.guessers.get(guesser);
    const isFresh = known !== undefined && nowMs - known.lastMs < FORGOTTEN_AFTER_MS;
    this.guessers.delete(guesser);
    this.guessers.set(guesser, { wrong: isFresh ? known.wrong + 1 : 1, lastMs: nowMs });
    if (this.guessers.size <= this.limits.guessersMax) return;
    const [oldest] = this.guessers.keys();
    if (oldest !== undefined) this.guessers.delete(oldest);
  }

  right(guesser: string): void {
    this.guessers.delete(guesser);
  }
}
