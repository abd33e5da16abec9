/** Waits that a signal ends. */
import { reasonToStop } from '../../platform/plainRequest';

/** Rejects with the signal's reason. */
export function pause(delayMs: number, signal: AbortSignal | undefined): Promise<void> {
  return new Promise((resolve, reject: (error: Error) => void) => {
    if (signal?.aborted === true) throw reasonToStop(signal);
    const done = (end: () => void): void => {
      clearTimeout(timer);
      signal?.removeEventListener('abort', stopped);
      end();
    };
    const stopped = (): void => {
      done(() => {
        if (signal !== undefined) reject(reasonToStop(signal));
      });
    };
    const timer = setTimeout(() => {
      done(resolve);
    }, delayMs);
    signal?.addEventListener('abort', stopped, { once: true });
  });
}
