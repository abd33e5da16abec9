import { TIMER_MAX_MS } from '../platform/longTimer';

/** A wait that somebody chose, in milliseconds. Throws TypeError for one that no timer can wait: it would be over at once, again and again. */
export function waitOf(name: string, waitMs: number, leastMs: number): number {
  if (waitMs >= leastMs && waitMs <= TIMER_MAX_MS) return waitMs;
  throw new TypeError(`${name} has to be a number from ${leastMs} to ${TIMER_MAX_MS}, and it is ${String(waitMs)}`);
}
