/** One deadline over a stop of many steps; which steps, and how long, says memberServer.ts. */
import type { Cancel, Clock } from '../platform/clock';

/** A step of the stop, as it is called where it does not end. */
export type StopStep = readonly [name: string, run: () => Promise<void>];

/** A stop that took too long. The process has to end all the same. */
export class StopTimeoutError extends Error {
  override readonly name = 'StopTimeoutError';
}

/**
 * Runs the steps one after the other. Rejects as the first one that rejects, or with StopTimeoutError after `limitMs`, however
 * long a step would still take.
 */
export async function stopInOrder(
  steps: readonly StopStep[],
  clock: Pick<Clock, 'after'>,
  limitMs: number,
): Promise<void> {
  let current = '';
  let cancel: Cancel = () => undefined;
  const late = new Promise<never>((_, reject) => {
    cancel = clock.after(limitMs, () => {
      const text = `the stop was not done after ${limitMs} ms: it was still ${current}; the process ends without that`;
      reject(new StopTimeoutError(text));
    });
  });
  const inOrder = async (): Promise<void> => {
    for (const [name, run] of steps) {
      current = name;
      await run();
    }
  };
  try {
    await Promise.race([inOrder(), late]);
  } finally {
    cancel();
  }
}
