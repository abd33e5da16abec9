/** `cairn prestop`: the moment between "this pod ends" and SIGTERM. */
import { setTimeout as sleep } from 'node:timers/promises';
import { drainMember } from '../client/drain';
import { NoAnswerError } from '../client/errors';
import { numberOf, runCommand, say, urlOf, valuesOf } from './arguments';

const REQUEST_TIMEOUT_MS = 10_000;

/** Longer than a pod takes to end after this. */
const DRAIN_S = 600;

/**
 * `cairn prestop [--url URL] [--seconds N]`: has the member hand leadership over and end its connections with each answer, and
 * waits, so that load balancers turn to the other members before it closes its listeners. It goes on serving meanwhile. Where
 * no member answers there is nothing to wait for.
 */
export function prestop(args: readonly string[]): Promise<number> {
  return runCommand('prestop', async () => {
    const values = valuesOf(args, ['url', 'seconds']);
    const url = urlOf(values, 'url', 'http://127.0.0.1:2379');
    const seconds = numberOf(values, 'seconds', { minimum: 0, maximum: DRAIN_S, otherwise: 5 });
    try {
      await drainMember({ url, timeoutMs: REQUEST_TIMEOUT_MS }, DRAIN_S);
      say(`${url} is drained for ${DRAIN_S} s: it is not ready, and leads no more; waiting ${seconds} s`);
    } catch (error) {
      say(`${url} cannot be drained: ${error instanceof Error ? error.message : String(error)}`);
      if (error instanceof NoAnswerError) return;
    }
    await sleep(seconds * 1000);
  });
}
