/** A fifth of the time within which the database has to be closed (closingMoment.ts). */
const ASK_EVERY_MS = 200;

/**
 * Hears of flushes that fail. The engine tells the next write, and nobody before: on a member that nobody writes to that may be long
 * after, when its database cannot be closed any more.
 *
 * @param failures how many flushes and compactions have failed so far
 * @param onFailed called in a turn of its own each time that there are more
 * @returns ends it
 */
export function watchFlushes(failures: () => number, onFailed: () => void): () => void {
  let known = failures();
  const timer = setInterval(() => {
    const now = failures();
    if (now === known) return;
    known = now;
    onFailed();
  }, ASK_EVERY_MS).unref();
  return () => {
    clearInterval(timer);
  };
}
