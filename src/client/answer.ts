/** What an answer says: JSON, text, or an error. */
import { nameOf, type Answer, type Call } from './call';
import { EtcdError, NotUnderstoodError, RefusedError } from './errors';
import { isRecord, parseJson, printable, textOf, wholeNumberOf } from './json';
import { saidIn, wordsOfPage } from './saidIn';

/** Throws AnswerError. */
export function jsonOf(call: Call, answer: Answer): unknown {
  const text = textOf2xx(call, answer);
  if (text.trim() === '') return undefined;
  const body = parseJson(text);
  if (body === undefined)
    throw notUnderstood(call, answer, `it is no JSON: ${printable(wordsOfPage(text)).slice(0, 60)}`);
  return body;
}

/** The text of a 2xx answer. Throws AnswerError. */
export function textOf2xx(call: Call, answer: Answer): string {
  if (answer.status >= 200 && answer.status < 300) return answer.text;
  throw refusalOf(call, answer);
}

export function notUnderstood(call: Call, { status, endpoint }: Answer, what: string): NotUnderstoodError {
  return new NotUnderstoodError(status, `${nameOf(call)}: the answer of ${endpoint} is not understood: ${what}`);
}

const UNAUTHORIZED = 401;

function refusalOf(call: Call, answer: Answer): EtcdError | RefusedError {
  const { status, text } = answer;
  const body = parseJson(text);
  const { errorCode, message, cause, index } = isRecord(body) ? body : {};
  const [code, words] = [wholeNumberOf(errorCode), textOf(message)];
  if (code !== undefined && words !== undefined) {
    const about = printable(textOf(cause) ?? '');
    return new EtcdError(status, nameOf(call), {
      ...{ code, message: printable(words), cause: about, index: wholeNumberOf(index) ?? 0 },
    });
  }
  return new RefusedError(status, nameOf(call), `${saidIn(text)}${whyNotKnown(answer)}`);
}

/** A right user is told 401 where a standby or a proxy sent the request on to somebody who was not shown the password. */
function whyNotKnown({ status, endpoint, isPasswordKept }: Answer): string {
  if (status !== UNAUTHORIZED || isPasswordKept !== true) return '';
  return ` (the request was sent on to ${endpoint}, which is none of the endpoints given: it was not shown the password)`;
}
