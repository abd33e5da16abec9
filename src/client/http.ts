/** One request to one member, with a limit on how long it may take. */
import type { Dial } from '../platform/dial';
import { reasonOf } from '../platform/networkError';
import { followingRequest, RequestTimeoutError, type RequestBody } from '../platform/plainRequest';
import { AnswerError, NoAnswerError } from './errors';
import { isRecord } from './json';

/** A listing of a whole store is the longest there is. */
const ANSWER_BYTES_MAX = 256 * 1024 * 1024;

export interface Call {
  readonly method: 'GET' | 'PUT' | 'POST' | 'DELETE';
  /** Below the member's URL, with the query; percent-encoded. */
  readonly path: string;
  readonly body?: RequestBody;
}

export interface Answer {
  readonly status: number;
  readonly text: string;
}

/** How to reach a member. */
export interface Target {
  /** Client URL of the member or of whatever stands before it. */
  readonly url: string;
  /** For a whole request. */
  readonly timeoutMs: number;
  /** Ends a request early; it rejects with NoAnswerError. */
  readonly signal?: AbortSignal;
  /** `NAME:PASSWORD` of a user, where auth is on. */
  readonly user?: string | undefined;
  /** Plain TCP if nothing else is said. */
  readonly dial?: Dial | undefined;
}

/** Any answer, whatever its status. Rejects with NoAnswerError. */
export async function ask(
  { url, timeoutMs, signal, dial, user }: Target,
  { method, path, body }: Call,
): Promise<Answer> {
  try {
    const request = { method, url: new URL(path, url).href, body, timeoutMs, signal, dial, user };
    return await followingRequest({ ...request, answerBytesMax: ANSWER_BYTES_MAX });
  } catch (error) {
    const reason = error instanceof RequestTimeoutError ? `no answer within ${timeoutMs} ms` : reasonOf(error);
    throw new NoAnswerError(`${method} ${url}${path}: ${reason}`, { cause: error });
  }
}

/** The JSON of a 2xx answer. Rejects with NoAnswerError or AnswerError. */
export async function askForJson(target: Target, call: Call): Promise<unknown> {
  const answer = await ask(target, call);
  const body = parse(answer.text);
  if (answer.status >= 200 && answer.status < 300) return body;
  const { message, cause, errorCode } = isRecord(body) ? body : {};
  const words = [message, cause].filter((part) => typeof part === 'string' && part !== '').join(': ');
  const said = words === '' ? answer.text.trim().slice(0, 200) : words;
  throw new AnswerError(
    answer.status,
    `${call.method} ${call.path}: status ${answer.status}${said === '' ? '' : `, ${said}`}`,
    typeof errorCode === 'number' ? errorCode : undefined,
  );
}

function parse(text: string): unknown {
  try {
    return text === '' ? undefined : JSON.parse(text);
  } catch {
    return undefined;
  }
}
