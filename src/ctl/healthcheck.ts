import { ask } from '../client/http';
import { commandDial } from './connection';
import { runCommand, UsageError, type CommandArguments } from './arguments';

const TIMEOUT_MS = 4000;

/** Addresses that are good to listen on and not to connect to, as URL spells them, and where to connect instead. */
const LOOPBACK_OF: Readonly<Record<string, string>> = { '0.0.0.0': '127.0.0.1', '[::]': '[::1]' };

type Environment = Readonly<Record<string, string | undefined>>;

/**
 * `cairn healthcheck [--url URL]`: asks /readyz. Exits with 0 if the member may be sent requests, with 1 if it may not.
 * Without --url it asks the first of ETCD_LISTEN_CLIENT_URLS, so that a container that is told another port through its
 * environment needs no check of its own.
 */
export function healthcheck(args: readonly string[], environment: Environment = process.env): Promise<number> {
  return runCommand('healthcheck', args, async (values) => {
    const url = urlOf(values, environment);
    const answer = await ask(
      { url: url.origin, timeoutMs: TIMEOUT_MS, dial: commandDial() },
      { method: 'GET', path: '/readyz' },
    );
    if (answer.status !== 200) throw new Error(`${url.origin} is not ready: ${answer.text.trim()}`);
  });
}

function urlOf(values: CommandArguments, environment: Environment): URL {
  if (values.has('url')) return new URL(values.url('url'));
  try {
    return listenUrlOf(environment) ?? new URL(values.url('url'));
  } catch (error) {
    throw new UsageError(`${String(error)}; give the client URL of the member with --url`);
  }
}

/** Where the member listens, as seen from its own machine. An empty variable counts as not set, as for the member. */
function listenUrlOf(environment: Environment): URL | undefined {
  const first = environment.ETCD_LISTEN_CLIENT_URLS?.split(',')[0]?.trim();
  if (first === undefined || first === '') return undefined;
  const url = new URL(first);
  url.hostname = LOOPBACK_OF[url.hostname] ?? url.hostname;
  return url;
}
