import { ask } from '../client/http';
import { runCommand } from './arguments';
import { clientConnection, type Environment } from './connection';

const TIMEOUT_MS = 4000;

/**
 * `cairn healthcheck [--url URL]`: asks /readyz. Exits with 0 if the member may be sent requests, with 1 if it may not.
 * Without --url it asks the member on this machine, as its environment and its configuration file say where and with which certificates,
 * so that a container that is told another port, or TLS, through its environment needs no check of its own.
 */
export function healthcheck(args: readonly string[], environment: Environment = process.env): Promise<number> {
  return runCommand('healthcheck', args, async (values) => {
    const { url, dial } = await clientConnection(values, environment);
    const { origin } = new URL(url);
    const answer = await ask({ url: origin, timeoutMs: TIMEOUT_MS, dial }, { method: 'GET', path: '/readyz' });
    if (answer.status !== 200) throw new Error(`${origin} is not ready: ${answer.text.trim()}`);
  });
}
