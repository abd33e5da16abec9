/** An answer that goes on for long, no faster than its client takes it. */
import type { ServerResponse } from 'node:http';

export class PacedAnswer {
  /** @param partMaxMs how long the client may take for one part: one that takes a byte a minute would hold what it is sent for ever */
  constructor(
    private readonly response: ServerResponse,
    private readonly partMaxMs: number,
  ) {}

  /** Resolves when the client can take more, so that one part at a time is in memory. Rejects when it is gone or too slow. */
  async write(pieces: readonly Uint8Array[]): Promise<void> {
    const { response, partMaxMs } = this;
    let isFull = false;
    for (const piece of pieces) isFull = !response.write(piece);
    if (response.closed || response.destroyed) throw new Error('the client has gone');
    if (isFull) await drained(response, partMaxMs);
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
      settle(new Error(`the client took less than a part of the state in ${limitMs} ms`));
    }, limitMs);
    response.on('drain', settled);
    response.on('close', gone);
  });
}
