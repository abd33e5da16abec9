/** One request to one endpoint, its redirects followed, its answer read. */
import { plainAtTlsError } from '../../platform/networkError';
import { redirectOf, REDIRECTS_MAX } from '../../platform/redirects';
import { bytesOf } from '../../platform/requestBody';
import type { Answer, Call } from '../call';
import { NotUnderstoodError } from '../errors';
import { readText } from './body';
import type { Connections } from './connections';
import { exchange, ExchangeFailure, type OpenAnswer } from './exchange';

export interface Attempt {
  readonly call: Call;
  /** `http://HOST:PORT` */
  readonly endpoint: URL;
  readonly connections: Connections;
  /** Until the end of the answer, in milliseconds; with `isBodyUntimed` until its headers are there. */
  readonly timeoutMs: number;
  readonly isBodyUntimed?: boolean;
  readonly connectTimeoutMs: number;
  readonly signal: AbortSignal | undefined;
  /** `Basic ...`. It is shown to hosts of `isTrusted` only. */
  readonly authorization: string | undefined;
  readonly isTrusted: (origin: string) => boolean;
  /** Told of each redirect that is followed. */
  readonly pointedTo?: ((origin: string) => void) | undefined;
}

export function isRead({ method }: Call): boolean {
  return method === 'GET' || method === 'HEAD';
}

/** Rejects with ExchangeFailure, NotUnderstoodError (too long, redirects without end), or the signal's reason. */
export async function attempt(options: Attempt, answerBytesMax: number): Promise<Answer> {
  const { answer, url, isPasswordKept } = await openAttempt(options);
  const { statusCode: status = 0, headers } = answer.message;
  if (options.isBodyUntimed === true) answer.untimed();
  try {
    const text = await readText(answer, answerBytesMax, requestTo(options, url));
    const error = plainAtTlsError(url, status, text);
    if (error === undefined) return { status, headers, text, endpoint: url.origin, isPasswordKept };
    throw new ExchangeFailure('connection', error, false, false);
  } catch (error) {
    const isKnown = error instanceof ExchangeFailure || error instanceof NotUnderstoodError;
    if (isKnown || options.signal?.aborted === true) throw error;
    throw new ExchangeFailure('connection', error instanceof Error ? error : new Error(String(error)), true, false);
  }
}

export interface Opened {
  readonly answer: OpenAnswer;
  /** Whose answer it is. */
  readonly url: URL;
  readonly isPasswordKept: boolean;
}

/** As `attempt`, with the body still to be read. */
export async function openAttempt(options: Attempt): Promise<Opened> {
  const deadlineMs = performance.now() + options.timeoutMs;
  let url = urlOf(options.call, options.endpoint);
  for (let hops = 0; ; hops++) {
    const timeoutMs = Math.max(1, deadlineMs - performance.now());
    const answer = await ask(options, url, timeoutMs);
    const { statusCode: status = 0, headers } = answer.message;
    try {
      const next = redirectOf(url, status, headers);
      if (next === undefined) {
        const isPasswordKept = options.authorization !== undefined && !mayHavePassword(options, url);
        return { answer, url, isPasswordKept };
      }
      if (hops === REDIRECTS_MAX)
        throw new Error(`it points elsewhere for the ${REDIRECTS_MAX + 1}th time, now to ${next.origin}`);
      url = next;
    } catch (error) {
      leave(answer);
      const what = error instanceof Error ? error.message : String(error);
      throw new NotUnderstoodError(status, `${requestTo(options, url)}: ${what}`);
    }
    leave(answer);
    options.pointedTo?.(url.origin);
  }
}

function mayHavePassword({ endpoint, isTrusted }: Attempt, url: URL): boolean {
  return url.origin === endpoint.origin || isTrusted(url.origin);
}

/** Nobody reads the body of an answer that points elsewhere. */
function leave({ settle, message }: OpenAnswer): void {
  settle();
  message.destroy();
}

/** Of this endpoint, whatever the path says. Throws TypeError. */
function urlOf({ path }: Call, endpoint: URL): URL {
  if (!path.startsWith('/')) throw new TypeError(`path ${JSON.stringify(path)} has to begin with a slash`);
  return new URL(endpoint.origin + path);
}

async function ask(options: Attempt, url: URL, timeoutMs: number): Promise<OpenAnswer> {
  const { call, endpoint, connections, connectTimeoutMs, signal, authorization } = options;
  const { type, bytes } = bytesOf(call.body);
  const isOwn = url.origin === endpoint.origin;
  const isShown = authorization !== undefined && mayHavePassword(options, url);
  const deadlineMs = performance.now() + timeoutMs;
  const request = {
    ...{ method: call.method, url, body: bytes, connectTimeoutMs, signal, isRead: isRead(call) },
    headers: {
      ...(isShown ? { Authorization: authorization } : {}),
      ...(type === undefined ? {} : { 'Content-Type': type }),
    },
  };
  if (!isOwn) return exchange({ ...request, timeoutMs, agent: connections.oneShot(url) });
  for (;;) {
    const leftMs = Math.max(1, deadlineMs - performance.now());
    try {
      return await exchange({ ...request, timeoutMs: leftMs, agent: connections.agentFor(url) });
    } catch (error) {
      // The connection was older than the server keeps them. What was not sent, or only reads, is sent again, down a new one.
      const isOld = error instanceof ExchangeFailure && error.wasReused && error.reason === 'connection';
      if (!isOld || (error.maybeSent && !isRead(call))) throw error;
      connections.dropIdle(url);
    }
  }
}

function requestTo({ call }: Attempt, url: URL): string {
  return `${call.method} ${url.origin}${url.pathname}`;
}
