/** One request to one member, with a limit on how long it may take. */
import { AnswerError, NoAnswerError } from './errors';
import { isRecord } from './json';

export interface Call {
  readonly method: 'GET' | 'PUT' | 'POST' | 'DELETE';
  /** Below the member's URL, with the query; percent-encoded. */
  readonly path: string;
  readonly form?: Readonly<Record<string, string>>;
  readonly json?: unknown;
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
}

/** Any answer, whatever its status. Rejects with NoAnswerError. */
export async function ask(target: Target, call: Call): Promise<Answer> {
  const timeout = AbortSignal.timeout(target.timeoutMs);
  const signal = target.signal === undefined ? timeout : AbortSignal.any([timeout, target.signal]);
  try {
    const response = await fetch(new URL(call.path, target.url), { method: call.method, signal, ...bodyOf(call) });
    return { status: response.status, text: await response.text() };
  } catch (error) {
    throw new NoAnswerError(
      `${call.method} ${target.url}${call.path}: ${timeout.aborted ? `no answer within ${target.timeoutMs} ms` : reasonOf(error)}`,
    );
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

function bodyOf({ form, json }: Call): RequestInit {
  if (form !== undefined) return { body: new URLSearchParams(form) };
  if (json === undefined) return {};
  return { body: JSON.stringify(json), headers: { 'Content-Type': 'application/json' } };
}

function parse(text: string): unknown {
  try {
    return text === '' ? undefined : JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** `fetch` hides the reason one level down, where an attempt at several addresses has a code and no message. */
function reasonOf(error: unknown): string {
  const { message, cause } = isRecord(error) ? error : {};
  const inner = isRecord(cause) ? cause : {};
  const reasons = [inner['message'], inner['code'], message];
  return reasons.find((reason) => typeof reason === 'string' && reason !== '')?.toString() ?? String(error);
}
