/** An answer that goes on for long, no faster than its client takes it. */
import type { ServerResponse } from 'node:http';
import { PaceAccount, USUAL_PACE } from '../../platform/pace';

export class PacedAnswer {
  private readonly account: PaceAccount;

  constructor(
    private readonly response: ServerResponse,
    pace = USUAL_PACE,
  ) {
    this.account = new PaceAccount(pace);
  }

  /** Resolves when the client can take more, so that one part at a time is in memory. Rejects when it is gone or too slow. */
  async write(pieces: readonly Uint8Array[]): Promise<void> {
    const { response } = this;
    let isFull = false;
    for (const piece of pieces) {
      isFull = !response.write(piece);
      this.account.sent(piece.length);
    }
    if (response.closed || response.destroyed) throw new Error('the client has gone');
    if (isFull) await this.drained();
  }

  private async drained(): Promise<void> {
    const startMs = performance.now();
    await drained(this.response, this.account.leftMs);
    this.account.waited(performance.now() - startMs);
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
