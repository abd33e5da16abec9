/** One plain HTTP request: bounded in time and in the size of its answer. */
import { request as httpRequest, type ClientRequest, type IncomingHttpHeaders } from 'node:http';
import type { Duplex } from 'node:stream';
import { basicAuthorization } from './basicAuthorization';
import { dialTcp, type Dial } from './dial';
import { boundInterimAnswers } from './interimAnswers';
import { timerOf } from './longTimer';
import { plainAtTlsError } from './networkError';
import { redirectOf, REDIRECTS_MAX } from './redirects';
import { bytesOf, type RequestBody } from './requestBody';

export interface PlainRequest {
  readonly method: 'GET' | 'PUT' | 'POST' | 'DELETE';
  /** Absolute. */
  readonly url: string;
  readonly body?: RequestBody | undefined;
  /** `NAME:PASSWORD`, shown to this server and to none that its answer points to. */
  readonly user?: string | undefined;
  /** For the whole of it; Infinity: no limit. */
  readonly timeoutMs: number;
  /** For the head of the answer, where that is to come sooner than the rest. */
  readonly headTimeoutMs?: number | undefined;
  readonly answerBytesMax: number;
  /** Ends it early: it rejects with the signal's reason. */
  readonly signal?: AbortSignal | undefined;
  /** `dialTcp` if nothing else is said. */
  readonly dial?: Dial | undefined;
}

export interface PlainAnswer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly text: string;
}

/** There was no whole answer in time. */
export class RequestTimeoutError extends Error {
  override readonly name = 'RequestTimeoutError';

  constructor() {
    super('i/o timeout');
  }
}

/**
 * Rejects with RequestTimeoutError, with the signal's reason, with what node:http or the URL's parser says, or if the answer is too
 * long, or none, or only says that it is TLS that is spoken there.
 */
export function plainRequest(options: PlainRequest): Promise<PlainAnswer> {
  const { signal } = options;
  return new Promise((resolve, reject: (error: Error) => void) => {
    if (signal?.aborted === true) throw reasonToStop(signal);
    const { stream, request } = open(options);
    const fail = (error: Error): void => {
      settled();
      reject(error);
      request.destroy();
      stream.destroy();
    };
    const stopped = (): void => {
      if (signal !== undefined) fail(reasonToStop(signal));
    };
    signal?.addEventListener('abort', stopped, { once: true });
    // The timer is its own and every end of the request settles it: an upgrade that nobody asked for (101) is told by node:http
    // with no error.
    const timer = limit(options.timeoutMs, fail);
    const headTimer = limit(options.headTimeoutMs ?? Infinity, fail);
    request.once('response', () => {
      clearTimeout(headTimer);
    });
    const settled = (): void => {
      clearTimeout(timer);
      clearTimeout(headTimer);
      signal?.removeEventListener('abort', stopped);
    };
    readAnswer(request, options.answerBytesMax, fail, (answer) => {
      settled();
      const error = plainAtTlsError(new URL(options.url), answer.status, answer.text);
      if (error === undefined) resolve(answer);
      else reject(error);
    });
  });
}

function limit(timeoutMs: number, fail: (error: Error) => void): NodeJS.Timeout | undefined {
  return timerOf(timeoutMs, () => {
    fail(new RequestTimeoutError());
  });
}

/** As `plainRequest`, and follows where the answer points to, up to five times; from https to nothing else. */
export async function followingRequest(options: PlainRequest): Promise<PlainAnswer> {
  const deadlineMs = performance.now() + options.timeoutMs;
  let { url, user } = options;
  for (let hops = 0; ; hops++) {
    const timeoutMs = Math.max(1, deadlineMs - performance.now());
    const answer = await plainRequest({ ...options, url, user, timeoutMs });
    if (hops === REDIRECTS_MAX) return answer;
    const before = new URL(url);
    const next = redirectOf(before, answer.status, answer.headers);
    if (next === undefined) return answer;
    if (before.origin !== next.origin) user = undefined;
    url = next.href;
  }
}

function open({ method, url: text, body, user, dial = dialTcp }: PlainRequest): {
  stream: Duplex;
  request: ClientRequest;
} {
  const url = new URL(text);
  const stream = dial(url);
  const { type, bytes } = bytesOf(body);
  const request = httpRequest({
    createConnection: () => stream,
    method,
    host: url.host,
    path: url.pathname + url.search,
    headers: {
      Host: url.host,
      Connection: 'close',
      ...(user === undefined ? {} : { Authorization: basicAuthorization(user) }),
      ...(type === undefined ? {} : { 'Content-Type': type }),
      ...(method === 'POST' || method === 'PUT' || bytes !== undefined ? { 'Content-Length': bytes?.length ?? 0 } : {}),
    },
  });
  request.end(bytes);
  return { stream, request };
}

function readAnswer(
  request: ClientRequest,
  bytesMax: number,
  fail: (error: Error) => void,
  done: (answer: PlainAnswer) => void,
): void {
  request.on('error', fail);
  boundInterimAnswers(request);
  request.on('upgrade', () => {
    fail(new Error('the answer is an upgrade (status 101) that was not asked for'));
  });
  request.on('close', () => {
    fail(new Error('connection closed before the end of the answer'));
  });
  request.on('response', (response) => {
    const pieces: Buffer[] = [];
    let bytes = 0;
    response.on('data', (piece: Buffer) => {
      pieces.push(piece);
      bytes += piece.length;
      if (bytes > bytesMax) fail(new Error(`the answer is longer than ${bytesMax} bytes`));
    });
    response.on('error', fail);
    response.on('end', () => {
      const text = Buffer.concat(pieces).toString('utf8');
      done({ status: response.statusCode ?? 0, headers: response.headers, text });
    });
  });
}

/** Why the process was asked to stop, as an error. */
export function reasonToStop(signal: AbortSignal): Error {
  return signal.reason instanceof Error ? signal.reason : new Error('asked to stop');
}
