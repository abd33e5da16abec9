/** Requests to the target that wait for it, as a migration may run for days. */
import { setTimeout as sleep } from 'node:timers/promises';
import { AnswerError, NoAnswerError, UnreachableError } from '../../client/errors';
import { BackOff } from '../../platform/backOff';

const PAUSES = { firstMs: 200, longestMs: 5000 };
/** The same trouble is told again after so long. */
const TOLD_EVERY_MS = 30_000;
/** No room, or not known to this version: waiting is of no use. */
const FOR_GOOD = [501, 505, 507];

export class Patience {
  private told = '';
  private toldAtMs = 0;

  /** @param stop ends the waiting */
  constructor(
    private readonly say: (line: string) => void,
    private readonly stop: AbortSignal,
  ) {}

  /**
   * Tries again for as long as nobody answers, or who answers cannot do it now: so only what may be done twice. Rejects with any other
   * error, or with the reason of `stop`.
   */
  async until<Result>(act: () => Promise<Result>): Promise<Result> {
    const backOff = new BackOff(PAUSES, Math.random);
    for (;;) {
      this.stop.throwIfAborted();
      try {
        return await act();
      } catch (error) {
        if (!mayPass(error)) throw error;
        this.tell(error.message);
      }
      await sleep(backOff.nextMs(), undefined, { signal: this.stop }).catch(() => undefined);
    }
  }

  private tell(reason: string): void {
    const nowMs = performance.now();
    if (reason === this.told && nowMs - this.toldAtMs < TOLD_EVERY_MS) return;
    [this.told, this.toldAtMs] = [reason, nowMs];
    this.say(`the target: ${reason}; trying again`);
  }
}

function mayPass(error: unknown): error is Error {
  if (error instanceof UnreachableError) return error.code === undefined;
  if (error instanceof NoAnswerError) return true;
  return error instanceof AnswerError && error.status >= 500 && !FOR_GOOD.includes(error.status);
}
