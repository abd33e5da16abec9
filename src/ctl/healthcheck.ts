import { parseArgs } from 'node:util';
import { usageOf } from './arguments';

const DEFAULT_URL = 'http://127.0.0.1:2379';
const TIMEOUT_MS = 4000;
const OK = 0;
const FAILED = 1;
const BAD_USAGE = 2;

/** Addresses that are good to listen on and not to connect to, as URL spells them, and where to connect instead. */
const LOOPBACK_OF: Readonly<Record<string, string>> = { '0.0.0.0': '127.0.0.1', '[::]': '[::1]' };

type Environment = Readonly<Record<string, string | undefined>>;

/**
 * `cairn healthcheck [--url URL]`: asks /readyz. Exits with 0 if the member may be sent requests, with 1 if it may not.
 * Without --url it asks the first of ETCD_LISTEN_CLIENT_URLS, so that a container that is told another port through its
 * environment needs no check of its own.
 */
export async function healthcheck(args: readonly string[], environment: Environment = process.env): Promise<number> {
  if (args.some((argument) => /^--?h(elp)?$/.test(argument))) {
    process.stdout.write(`${usageOf('healthcheck', ['url'])}\n`);
    return OK;
  }
  const url = urlOf(args, environment);
  if (url instanceof Error) return say(BAD_USAGE, `${url.message}; give the client URL of the member with --url`);
  try {
    const response = await fetch(new URL('/readyz', url), { signal: AbortSignal.timeout(TIMEOUT_MS) });
    if (response.ok) return OK;
    return say(FAILED, `${url.origin} is not ready: ${(await response.text()).trim()}`);
  } catch (error) {
    return say(FAILED, `${url.origin} does not answer (${reasonOf(error)})`);
  }
}

/** fetch hides what went wrong in the cause of its error. */
function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  return error.cause instanceof Error ? error.cause.message || error.message : error.message;
}

function urlOf(args: readonly string[], environment: Environment): URL | Error {
  try {
    const { values } = parseArgs({ args: [...args], options: { url: { type: 'string' } } });
    return new URL(values.url ?? listenUrlOf(environment) ?? DEFAULT_URL);
  } catch (error) {
    return error instanceof Error ? error : new Error(String(error));
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

function say(code: number, message: string): number {
  process.stderr.write(`cairn healthcheck: ${message}\n`);
  return code;
}
