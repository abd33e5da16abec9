import { parseArgs } from 'node:util';

const DEFAULT_URL = 'http://127.0.0.1:2379';
const TIMEOUT_MS = 4000;
const OK = 0;
const FAILED = 1;
const BAD_USAGE = 2;

/** `cairn healthcheck [--url URL]`: asks /readyz. Exits with 0 if the member may be sent requests, with 1 if it may not. */
export async function healthcheck(args: readonly string[]): Promise<number> {
  const url = urlOf(args);
  if (url instanceof Error) return say(BAD_USAGE, `${url.message}; give the client URL of the member with --url`);
  try {
    const response = await fetch(new URL('/readyz', url), { signal: AbortSignal.timeout(TIMEOUT_MS) });
    if (response.ok) return OK;
    return say(FAILED, `${url.origin} is not ready: ${(await response.text()).trim()}`);
  } catch (error) {
    return say(FAILED, `${url.origin} does not answer (${error instanceof Error ? error.message : String(error)})`);
  }
}

function urlOf(args: readonly string[]): URL | Error {
  try {
    const { values } = parseArgs({ args: [...args], options: { url: { type: 'string' } } });
    return new URL(values.url ?? DEFAULT_URL);
  } catch (error) {
    return error instanceof Error ? error : new Error(String(error));
  }
}

function say(code: number, message: string): number {
  process.stderr.write(`cairn healthcheck: ${message}\n`);
  return code;
}
