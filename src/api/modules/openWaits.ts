/** The clients that wait for a lock at this server, so that they can be let go: it stops, is drained, or their right is gone. */
import type { ServerResponse } from 'node:http';
import type { KeyGrant } from '../auth/guard';
import { writeFailure } from '../v2/keys/answer';
import { BUSY } from '../v2/keys/failure';
import { isUnheard } from '../connection/unheard';
import type { KeyReader } from '../../member/types';
import type { LockWish } from './acquisition';
import type { LockService } from './lockService';
import { answering, writeAcquired } from './moduleAnswers';

interface OpenWait {
  readonly grant: KeyGrant;
  /** Takes it out of the queue, and breaks the connection off so that nobody takes the end of the server for a lock. */
  readonly cut: () => void;
}

export class OpenWaits {
  private readonly open = new Set<OpenWait>();

  constructor(
    private readonly member: KeyReader,
    readonly locks: LockService,
  ) {}

  /** Answers once the lock is had, or will not be. Resolves when the request is over. */
  async serve(response: ServerResponse, grant: KeyGrant, wish: LockWish): Promise<void> {
    const waiting = this.locks.acquire(wish);
    if (waiting === undefined) {
      writeFailure(response, this.member, BUSY);
      return;
    }
    const { socket } = response;
    const leave = (): void => {
      if (!response.writableFinished) waiting.leave();
    };
    // Who closes only its half waits for no answer either, as with watches.
    const wait: OpenWait = {
      grant,
      cut: () => {
        waiting.leave();
        socket?.destroySoon();
      },
    };
    this.open.add(wait);
    response.once('close', leave);
    socket?.once('end', leave);
    if (response.closed || socket?.readableEnded === true) waiting.leave();
    try {
      await answering(response, this.member, async () => {
        const outcome = await waiting.outcome;
        if (response.closed) waiting.leave();
        // Whoever has sent much behind it may be gone, and would keep the lock for its TTL.
        else if (outcome.kind === 'held' && isUnheard(socket)) wait.cut();
        else writeAcquired(response, this.member, outcome);
      });
    } finally {
      this.open.delete(wait);
      socket?.removeListener('end', leave);
    }
  }

  cutDenied(): void {
    for (const wait of [...this.open]) if (!wait.grant.holds()) wait.cut();
  }

  cutAll(): void {
    for (const wait of [...this.open]) wait.cut();
  }
}
