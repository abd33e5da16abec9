/** What a member that waits for others needs from outside: time, chance, a log, and word that it is to stop. */
import type { Clock, Random } from '../member/environment';

export interface Log {
  info(fields: object, message: string): void;
  warn(fields: object, message: string): void;
}

export interface Environment {
  readonly clock: Pick<Clock, 'now' | 'after'>;
  readonly random: Random;
  readonly log: Log;
  /** Aborted when the process is asked to stop; every wait then rejects with its reason. */
  readonly signal: AbortSignal;
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

/** Why the process was asked to stop, as an error. */
export function reasonToStop(signal: AbortSignal): Error {
  return signal.reason instanceof Error ? signal.reason : new Error('asked to stop');
}

/** Like fetch, with a bounded body; ends after `timeoutMs` and when the process is asked to stop, which rejects with the signal's reason. */
export async function request(
  { signal }: Pick<Environment, 'signal'>,
  url: string,
  timeoutMs: number,
  init: RequestInit = {},
): Promise<{ readonly status: number; readonly headers: Headers; readonly text: string }> {
  try {
    const either = AbortSignal.any([signal, AbortSignal.timeout(timeoutMs)]);
    const response = await fetch(url, { ...init, signal: either });
    return { status: response.status, headers: response.headers, text: await textOf(response) };
  } catch (error) {
    if (signal.aborted) throw reasonToStop(signal);
    throw error;
  }
}

/** Throws for a body that is longer than anything a service has to say. */
async function textOf(response: Response): Promise<string> {
  const pieces: Uint8Array[] = [];
  let bytes = 0;
  const body = response.body as AsyncIterable<Uint8Array> | null;
  for await (const piece of body ?? []) {
    pieces.push(piece);
    bytes += piece.length;
    if (bytes > ANSWER_BYTES_MAX) throw new Error(`the answer is longer than ${ANSWER_BYTES_MAX} bytes`);
  }
  return Buffer.concat(pieces).toString('utf8');
}

/** Whether a request ended because its time was over. */
export function isTimeout(error: unknown): boolean {
  return typeof error === 'object' && error !== null && 'name' in error && error.name === 'TimeoutError';
}

/** What went wrong, in a few words; fetch hides it in the cause of its error. */
export function reasonOf(error: unknown): string {
  if (isTimeout(error)) return 'no answer in time';
  if (typeof error !== 'object' || error === null) return String(error);
  if ('cause' in error && typeof error.cause === 'object' && error.cause !== null) return reasonOf(error.cause);
  const message = 'message' in error && typeof error.message === 'string' ? error.message : '';
  // Of several addresses that were tried there is only a code.
  const code = 'code' in error && typeof error.code === 'string' ? error.code : 'unknown error';
  return message === '' ? code : message;
}
