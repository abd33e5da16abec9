/** What a member that waits for others needs from outside: time, chance, a log, and word that it is to stop. */
import type { Clock, Random } from '../platform/clock';
import type { Dial } from '../platform/dial';
import { followingRequest, reasonToStop, type PlainAnswer, type PlainRequest } from '../platform/plainRequest';

export interface Log {
  info(fields: object, message: string): void;
  warn(fields: object, message: string): void;
}

export interface Environment {
  readonly clock: Pick<Clock, 'monotonicMs' | 'after'>;
  readonly random: Random;
  readonly log: Log;
  /** Aborted when the process is asked to stop; every wait then rejects with its reason. */
  readonly signal: AbortSignal;
  /** How `request` reaches others. */
  readonly dial: Dial;
}

/** A thousand registrations with a handful of URLs each are well below. */
const ANSWER_BYTES_MAX = 4 * 1024 * 1024;

/** Resolves after `delayMs`; rejects with the signal's reason if the process is asked to stop. */
export function sleep({ clock, signal }: Pick<Environment, 'clock' | 'signal'>, delayMs: number): Promise<void> {
  return new Promise((resolve, reject) => {
    const stop = (): void => {
      cancel();
      reject(reasonToStop(signal));
    };
    const cancel = clock.after(delayMs, () => {
      signal.removeEventListener('abort', stop);
      resolve();
    });
    if (signal.aborted) stop();
    else signal.addEventListener('abort', stop, { once: true });
  });
}

/** Follows redirections; ends after `timeoutMs` and when the process is asked to stop, which rejects with the signal's reason. */
export function request(
  { signal, dial }: Pick<Environment, 'signal' | 'dial'>,
  url: string,
  timeoutMs: number,
  { method = 'GET', body }: Partial<Pick<PlainRequest, 'method' | 'body'>> = {},
): Promise<PlainAnswer> {
  return followingRequest({
    ...{ method, url, body, timeoutMs, signal, dial },
    answerBytesMax: ANSWER_BYTES_MAX,
  });
}
