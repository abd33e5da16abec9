/** `cairn prestop`: the moment between "this pod ends" and SIGTERM. */
import { setTimeout as sleep } from 'node:timers/promises';
import { drainMember } from '../client/drain';
import { NoAnswerError } from '../client/errors';
import { DRAIN_MAX_S } from '../config/commands/memberCommands';
import { runCommand, say } from './arguments';
import { clientConnection, type Environment } from './connection';

const REQUEST_TIMEOUT_MS = 10_000;

/**
 * `cairn prestop [--url URL] [--seconds N]`: has the member hand leadership over and end its connections with each answer, and
 * waits, so that load balancers turn to the other members before it closes its listeners. It goes on serving meanwhile. Where
 * no member answers there is nothing to wait for.
 */
export function prestop(args: readonly string[], environment: Environment = process.env): Promise<number> {
  return runCommand('prestop', args, async (values) => {
    const { url, dial, user } = await clientConnection(values, environment);
    const seconds = values.number('seconds');
    try {
      await drainMember({ url, timeoutMs: REQUEST_TIMEOUT_MS, dial, user }, DRAIN_MAX_S);
      say(`${url} is drained for ${DRAIN_MAX_S} s: it is not ready, and leads no more; waiting ${seconds} s`);
    } catch (error) {
      say(`${url} cannot be drained: ${error instanceof Error ? error.message : String(error)}`);
      if (error instanceof NoAnswerError) return;
    }
    await sleep(seconds * 1000);
  });
}
