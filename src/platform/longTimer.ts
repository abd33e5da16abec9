/** Timers for limits that somebody chose, whatever their length. */

/** The longest that a timer of Node.js runs, 24 days: a longer one would be over at once. */
export const TIMER_MAX_MS = 2 ** 31 - 1;

/** Undefined for a limit that never comes. */
export function timerOf(delayMs: number, expired: () => void): NodeJS.Timeout | undefined {
  return Number.isFinite(delayMs) ? setTimeout(expired, Math.min(delayMs, TIMER_MAX_MS)) : undefined;
}
