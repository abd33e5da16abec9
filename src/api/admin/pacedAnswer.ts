/** An answer that goes on for long, no faster than its client takes it. */
import type { ServerResponse } from 'node:http';

/** How fast a client has to be. */
export interface Pace {
  /** How long it may take for one part: one that takes a byte a minute would hold what it is sent for ever. */
  readonly partMaxMs: number;
  /** What it has to take on average, while it is waited for. */
  readonly bytesAMsMin: number;
  /** How far it may be behind that. */
  readonly behindMaxMs: number;
}

/**
 * A part a minute would be days for a large state, and the places are few. 64 KiB in a second are half a megabit: whoever has less is better off
 * with a copy that another machine made.
 */
export const USUAL_PACE: Pace = { partMaxMs: 60_000, bytesAMsMin: 64, behindMaxMs: 60_000 };

export class PacedAnswer {
  private sentBytes = 0;
  private waitedMs = 0;

  constructor(
    private readonly response: ServerResponse,
    private readonly pace = USUAL_PACE,
  ) {}

  /** Resolves when the client can take more, so that one part at a time is in memory. Rejects when it is gone or too slow. */
  async write(pieces: readonly Uint8Array[]): Promise<void> {
    const { response } = this;
    let isFull = false;
    for (const piece of pieces) {
      isFull = !response.write(piece);
      this.sentBytes += piece.length;
    }
    if (response.closed || response.destroyed) throw new Error('the client has gone');
    if (isFull) await this.drained();
  }

  private async drained(): Promise<void> {
    const { partMaxMs, bytesAMsMin, behindMaxMs } = this.pace;
    const leftMs = Math.max(0, behindMaxMs + this.sentBytes / bytesAMsMin - this.waitedMs);
    const startMs = performance.now();
    await drained(this.response, Math.min(partMaxMs, leftMs));
    this.waitedMs += performance.now() - startMs;
  }
}

function drained(response: ServerResponse, limitMs: number): Promise<void> {
  return new Promise((resolve, reject) => {
    const settle = (error?: Error): void => {
      clearTimeout(timer);
      response.off('drain', settled);
      response.off('close', gone);
      if (error === undefined) resolve();
      else reject(error);
    };
    const settled = (): void => {
      settle();
    };
    const gone = (): void => {
      settle(new Error('the client has gone'));
    };
    const timer = setTimeout(() => {
      settle(new Error('the client took too little of it for too long'));
    }, limitMs);
    response.on('drain', settled);
    response.on('close', gone);
  });
}
