/** An answer that goes on for long, no faster than its client takes it. */
import type { ServerResponse } from 'node:http';
import { PacedReader, USUAL_PACE } from '../../platform/pace';
import { RealClock } from '../../platform/realClock';

export class PacedAnswer {
  private readonly client: PacedReader;

  constructor(
    private readonly response: ServerResponse,
    pace = USUAL_PACE,
  ) {
    this.client = new PacedReader(response, new RealClock(), pace);
  }

  /** Resolves when the client can take more, so that one part at a time is in memory. Rejects when it is gone or too slow. */
  async write(pieces: readonly Uint8Array[]): Promise<void> {
    const { response, client } = this;
    let isFull = false;
    for (const piece of pieces) {
      isFull = !response.write(piece);
      client.sent(piece.length);
    }
    if (response.closed || response.destroyed) throw new Error(GONE);
    if (!isFull) return;
    const taken = await client.drained();
    if (taken === 'gone') throw new Error(GONE);
    if (taken !== 'taken') throw new Error('the client took too little of it for too long');
  }
}

const GONE = 'the client has gone';
