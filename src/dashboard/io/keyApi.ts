/** Asks the member's key API. The page speaks to the member that served it, and to nobody else. */
import { answerOf, type Answer } from '../model/answers';
import { urlOf, type KeyRequest } from '../model/saving';
import type { Session } from './session';

const PATIENCE_MS = 15_000;

/** @param signal aborted: nobody wants the answer any more */
export async function askKeys(request: KeyRequest, session: Session, signal: AbortSignal): Promise<Answer> {
  const { method, form } = request;
  const hasBody = method === 'PUT';
  try {
    const response = await fetch(urlOf(request), {
      method,
      headers: session.headers(),
      body: hasBody ? new URLSearchParams(form) : null,
      cache: 'no-store',
      signal: AbortSignal.any([signal, AbortSignal.timeout(PATIENCE_MS)]),
    });
    const body = await readJson(response);
    return answerOf(response.status, body, Number(response.headers.get('X-Etcd-Index') ?? 0));
  } catch {
    return { kind: 'unreachable' };
  }
}

/** Undefined: it was none. */
export async function readJson(response: Response): Promise<unknown> {
  const text = await response.text();
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}
