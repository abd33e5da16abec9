import { startFairClock } from '../support/fairClock';

export function sleep(delayMs: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, delayMs));
}

/**
 * Asks again every 20 ms until the answer is neither undefined nor false; throws, naming `what`, after `limitMs` in which the machine
 * had time for everybody. Errors count as undefined. The limit is there to end a test that hangs: where time is what is tested, measure it.
 */
export async function until<T>(
  what: string,
  limitMs: number,
  ask: () => Promise<T | false | undefined> | T | false | undefined,
): Promise<T> {
  const passedMs = startFairClock();
  let reason = '';
  while (passedMs() < limitMs) {
    try {
      const answer = await ask();
      if (answer !== undefined && answer !== false) return answer;
    } catch (error) {
      reason = `: ${error instanceof Error ? error.message : String(error)}`;
    }
    await sleep(20);
  }
  throw new Error(`${what}: not within ${limitMs} ms${reason}`);
}
