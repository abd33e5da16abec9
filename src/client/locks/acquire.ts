/** Waits for a lock at one member after the other, until it is had. */
import { randomUUID } from 'node:crypto';
import { BackOff } from '../../platform/backOff';
import { notUnderstood, textOf2xx } from '../answer';
import type { Answer, Call } from '../call';
import { AnswerError, ERROR_CODES, EtcdError, isEtcdError, NoAnswerError, RefusedError } from '../errors';
import { encodedKey } from '../keyPath';
import { linkedSignal } from '../transport/linkedSignal';
import { pause } from '../transport/pause';
import type { Cluster } from '../watch/cluster';
import type { Liveness } from '../watch/liveness';
import { wholeText } from '../wholeText';
import { BUSY, CLOSED, WAIT_LIMITS } from './waiting';

export interface Wish {
  readonly name: string;
  readonly ttlSeconds: number;
  /** Whom the lock says it belongs to. Who asks with the same one shares it. */
  readonly value: string;
  /** Infinity: without end. */
  readonly waitSeconds: number;
  readonly signal: AbortSignal | undefined;
}

const BACK_OFF = { firstMs: 50, longestMs: 2000 };
/** How long a lock that came too late is tried to be given back. */
const GIVE_BACK_MS = 5000;

/** Nobody else has it: locks are shared by those who give the same. Throws TypeError. @param label - says whose it is to people who look */
export function uniqueValue(label: string | undefined): string {
  return label === undefined ? randomUUID() : `${wholeText('label', label)} ${randomUUID()}`;
}

/** Throws TypeError. */
export function lockPath(name: string): string {
  const key = encodedKey(name);
  if (key === '/') throw new TypeError('a lock has to have a name');
  return `/mod/v2/lock${key}`;
}

/**
 * The index with which the lock is had; undefined: somebody else has had it all the time. It is asked for again, with the same value, whenever a member
 * fails: who has the lock with that value is answered at once. Each member is asked once at least, however short the wait is. Rejects with AnswerError that no member will mend, or the signal's
 * reason; then the place in the queue is given back.
 */
export async function acquire(cluster: Cluster, liveness: Liveness, wish: Wish): Promise<number | undefined> {
  const backOff = new BackOff(BACK_OFF, Math.random);
  const deadlineMs = performance.now() + wish.waitSeconds * 1000;
  const asked = new Set<string>();
  try {
    for (;;) {
      const leftMs = Math.max(0, deadlineMs - performance.now());
      const [first = ''] = cluster.endpoints;
      const endpoint = notAsked(cluster, asked) ?? first;
      const outcome = await askOnce(cluster, liveness, wish, endpoint, leftMs);
      if (typeof outcome === 'number') return outcome;
      if (outcome === 'busy') {
        // A member that failed before may have made a place all the same.
        if (asked.size > 0) giveBack(cluster, wish);
        return undefined;
      }
      asked.add(endpoint);
      if (performance.now() >= deadlineMs && notAsked(cluster, asked) === undefined) throw outcome;
      await pause(Math.min(backOff.nextMs(), Math.max(1, leftMs)), wish.signal);
    }
  } catch (error) {
    giveBack(cluster, wish);
    throw error;
  }
}

function notAsked(cluster: Cluster, asked: ReadonlySet<string>): string | undefined {
  return cluster.endpoints.find((endpoint) => !asked.has(endpoint));
}

/** An error is one that may pass. */
async function askOnce(
  cluster: Cluster,
  liveness: Liveness,
  { name, ttlSeconds, value, signal }: Wish,
  endpoint: string,
  leftMs: number,
): Promise<number | 'busy' | Error> {
  const form = {
    ...{ ttl: String(ttlSeconds), value },
    ...(leftMs === Infinity ? {} : { timeout: String(Math.ceil(leftMs / 1000)) }),
  };
  const call: Call = { method: 'POST', path: lockPath(name), body: { form } };
  const ending = linkedSignal(signal, cluster.closed);
  const { answerMs, checkEveryMs, silencesMax } = WAIT_LIMITS;
  const eye = { endpoint, checkEveryMs, timeoutMs: checkEveryMs, failuresMax: silencesMax };
  let watching = liveness.keepAnEyeOn(eye, ending);
  // A standby points elsewhere: what may hang is where the wait is.
  const pointedTo = (elsewhere: string): void => {
    watching.stop();
    watching = liveness.keepAnEyeOn({ ...eye, endpoint: elsewhere }, ending);
  };
  try {
    const options = { timeoutMs: leftMs + answerMs, roundsMax: 1, signal: ending.signal, anyStatus: true };
    const answer = await cluster.at(endpoint).ask(call, { ...options, pointedTo });
    return indexOf(call, answer, leftMs !== Infinity);
  } catch (error) {
    if (signal?.aborted === true || cluster.closed.aborted || !(error instanceof Error) || !mayPass(error)) throw error;
    cluster.putLast(endpoint);
    return error;
  } finally {
    watching.stop();
    ending.release();
  }
}

function indexOf(call: Call, answer: Answer, isTimed: boolean): number | 'busy' {
  const said = answer.status === 500 ? answer.text.trim() : '';
  if (said === BUSY || (said === CLOSED && isTimed)) return 'busy';
  const text = textOf2xx(call, answer).trim();
  const index = /^\d{1,16}$/.test(text) ? Number(text) : NaN;
  if (Number.isSafeInteger(index)) return index;
  throw notUnderstood(call, answer, 'it is no index of a lock');
}

/** Whether another member, or the same one later, may do better. */
export function mayPass(error: unknown): boolean {
  if (error instanceof NoAnswerError || isEtcdError(error, ERROR_CODES.standbyInternal)) return true;
  // Somebody has taken this place out of the queue, and meant it.
  if (error instanceof RefusedError && error.said === CLOSED) return false;
  return (error instanceof EtcdError || error instanceof RefusedError) && error.status >= 500;
}

/** It may have come after nobody waited any more, and would then be nobody's until its TTL is over. */
function giveBack(cluster: Cluster, { name, value }: Wish): void {
  if (cluster.closed.aborted) return;
  release(cluster, name, { value }).catch(() => undefined);
}

/** It is no error if it is not had any more. Rejects with what `ClientError` lists. */
export async function release(
  cluster: Cluster,
  name: string,
  which: { readonly index: string } | { readonly value: string },
): Promise<void> {
  const query = new URLSearchParams({ ...which }).toString();
  const call: Call = { method: 'DELETE', path: `${lockPath(name)}?${query}` };
  const deadlineMs = performance.now() + GIVE_BACK_MS;
  const backOff = new BackOff(BACK_OFF, Math.random);
  for (;;) {
    try {
      const left = Math.max(1, deadlineMs - performance.now());
      textOf2xx(call, await cluster.ask(call, { timeoutMs: left }));
      return;
    } catch (error) {
      if (error instanceof AnswerError && error.status === 404) return;
      // To give back twice does no harm.
      const delayMs = backOff.nextMs();
      const again = error instanceof NoAnswerError && error.maybeCarriedOut && performance.now() + delayMs < deadlineMs;
      if (!again) throw error;
      await pause(delayMs, cluster.closed);
    }
  }
}
