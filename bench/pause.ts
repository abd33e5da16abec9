/** Waits. */
export async function pause(ms: number): Promise<void> {
  return new Promise((done) => setTimeout(done, ms));
}

/**
 * Asks again and again until there is an answer, and returns it.
 *
 * @param what for the error's text
 * @throws Error if there is none within `withinMs`
 */
export async function until<T>(
  what: string,
  withinMs: number,
  ask: () => Promise<T | undefined>,
  everyMs = 20,
): Promise<T> {
  const deadline = performance.now() + withinMs;
  for (;;) {
    const answer = await ask();
    if (answer !== undefined) return answer;
    if (performance.now() > deadline) throw new Error(`no ${what} within ${withinMs} ms`);
    await pause(everyMs);
  }
}
