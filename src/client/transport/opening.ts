/** Answers that are read as they come, because they are too long to be held. */
import type { IncomingHttpHeaders, IncomingMessage } from 'node:http';
import type { EndpointFailure } from '../errors';
import { textOf2xx } from '../answer';
import { nameOf, type Call } from '../call';
import { isRead, openAttempt, type Attempt } from './attempt';
import { readText } from './body';
import { ExchangeFailure } from './exchange';
import { noAnswer } from './failOver';

/** An answer with a body that comes as it is read; to be read to its end, or destroyed. */
export interface OpenedAnswer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  /** Whose answer it is, as `http://HOST:PORT`. */
  readonly endpoint: string;
  readonly body: IncomingMessage;
}

const WORDS_BYTES_MAX = 64 * 1024;

/** The first that can be reached answers. Rejects with NoAnswerError, AnswerError (no 2xx), or the signal's reason. */
export async function openFirst(
  call: Call,
  endpoints: readonly URL[],
  timeoutMs: number,
  attemptOf: (endpoint: URL, timeoutMs: number) => Attempt,
): Promise<OpenedAnswer> {
  const deadlineMs = performance.now() + timeoutMs;
  const failures: EndpointFailure[] = [];
  let last: ExchangeFailure | undefined;
  for (const endpoint of endpoints) {
    const leftMs = deadlineMs - performance.now();
    if (leftMs <= 0) break;
    try {
      return await openOne(call, attemptOf(endpoint, leftMs));
    } catch (error) {
      if (!(error instanceof ExchangeFailure)) throw error;
      last = error;
      failures.push({ endpoint: endpoint.origin, error: error.error });
      if (error.maybeSent && !isRead(call)) break;
    }
  }
  throw noAnswer(call, failures, last?.reason === 'timeout', last?.maybeSent === true && !isRead(call));
}

async function openOne(call: Call, attempt: Attempt): Promise<OpenedAnswer> {
  const { answer, url, isPasswordKept } = await openAttempt(attempt);
  const { statusCode: status = 0, headers } = answer.message;
  const opened = { status, headers, endpoint: url.origin };
  if (status < 200 || status >= 300)
    textOf2xx(call, { ...opened, isPasswordKept, text: await readText(answer, WORDS_BYTES_MAX, nameOf(call)) });
  answer.untimed();
  answer.message.once('close', answer.settle);
  return { ...opened, body: answer.message };
}
