/** Tries of a command that go on for as long as waiting may help. */
import { setTimeout as sleep } from 'node:timers/promises';
import { BackOff } from '../platform/backOff';
import { say } from './arguments';

const PAUSES = { firstMs: 200, longestMs: 5000 };

export interface Persistence {
  /** As performance.now() counts. */
  readonly deadlineMs: number;
  /** Why a try failed, for whoever waits. @throws the error, if waiting is of no use */
  readonly reasonOf: (error: unknown) => string;
  /** What is said when the time is over. */
  readonly overWords: (reason: string) => string;
}

/**
 * Repeats until there is a result: a try that gives undefined has failed for the reason that it is given. Each new reason is said once.
 * Rejects when the time is over, or as `reasonOf` throws.
 */
export async function untilDone<Result>(
  { deadlineMs, reasonOf, overWords }: Persistence,
  attempt: () => Promise<Result | undefined>,
  reasonOfNothing = '',
): Promise<Result> {
  const backOff = new BackOff(PAUSES, Math.random);
  let told = '';
  for (;;) {
    let reason = reasonOfNothing;
    try {
      const result = await attempt();
      if (result !== undefined) return result;
    } catch (error) {
      reason = reasonOf(error);
    }
    const leftMs = deadlineMs - performance.now();
    if (leftMs <= 0) throw new Error(overWords(reason));
    if (reason !== told) say(`${reason}; trying again`);
    told = reason;
    await sleep(Math.min(leftMs, backOff.nextMs()));
  }
}
