/** Answers that are read as they come, because they are too long to be held. */
import type { IncomingHttpHeaders, IncomingMessage } from 'node:http';
import type { EndpointFailure } from '../errors';
import { textOf2xx } from '../answer';
import { nameOf, type Answer, type Call } from '../call';
import { isRead, openAttempt, type Attempt } from './attempt';
import { readText } from './body';
import type { Endpoints } from './endpoints';
import { ExchangeFailure } from './exchange';
import { attemptMs, mayAnotherAnswer, noAnswer, noteAnswer } from './failOver';

/** An answer with a body that comes as it is read; to be read to its end, or destroyed. */
export interface OpenedAnswer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  /** Whose answer it is, as `http://HOST:PORT`. */
  readonly endpoint: string;
  readonly body: IncomingMessage;
}

const WORDS_BYTES_MAX = 64 * 1024;

/**
 * The first that can be reached and is able to answers; each is asked once. Rejects with NoAnswerError, AnswerError (no 2xx), or the
 * signal's reason.
 */
export async function openFirst(
  call: Call,
  endpoints: Endpoints,
  timeoutMs: number,
  attemptOf: (endpoint: URL, timeoutMs: number) => Attempt,
): Promise<OpenedAnswer> {
  const deadlineMs = performance.now() + timeoutMs;
  const failures: EndpointFailure[] = [];
  let last: ExchangeFailure | undefined;
  let refused: Answer | undefined;
  const urls = endpoints.inOrder();
  for (const [position, url] of urls.entries()) {
    const leftMs = deadlineMs - performance.now();
    if (leftMs <= 0) break;
    try {
      const opened = await openOne(call, attemptOf(url, attemptMs(call, leftMs, urls.length - position - 1)));
      if ('body' in opened) {
        endpoints.answered(url);
        return opened;
      }
      noteAnswer(endpoints, url, opened);
      refused = opened;
      if (!mayAnotherAnswer(call, opened)) break;
    } catch (error) {
      if (!(error instanceof ExchangeFailure)) throw error;
      endpoints.failed(url);
      last = error;
      failures.push({ endpoint: url.origin, error: error.error });
      if (error.maybeSent && !isRead(call)) break;
    }
  }
  const maybeCarriedOut = last?.maybeSent === true && !isRead(call);
  // What a member said weighs more than what another did not, unless that one may have done it.
  if (refused !== undefined && !maybeCarriedOut) textOf2xx(call, refused);
  throw noAnswer(call, failures, last?.reason === 'timeout', maybeCarriedOut);
}

/** An answer that is no 2xx is short, and read to its end. */
async function openOne(call: Call, attempt: Attempt): Promise<OpenedAnswer | Answer> {
  const { answer, url, isPasswordKept } = await openAttempt(attempt);
  const { statusCode: status = 0, headers } = answer.message;
  const opened = { status, headers, endpoint: url.origin };
  if (status < 200 || status >= 300)
    return { ...opened, isPasswordKept, text: await readText(answer, WORDS_BYTES_MAX, nameOf(call)) };
  answer.untimed();
  answer.message.once('close', answer.settle);
  return { ...opened, body: answer.message };
}
