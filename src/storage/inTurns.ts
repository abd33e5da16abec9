/** Long work, a slice in a turn of the event loop: heartbeats and the requests of clients come in between. */
import { setImmediate as nextTurn } from 'node:timers/promises';

/** What `slices` give in the end. */
export async function inTurns<T>(slices: Generator<undefined, T, undefined>): Promise<T> {
  for (;;) {
    const { done, value } = slices.next();
    if (done === true) return value;
    await nextTurn();
  }
}
