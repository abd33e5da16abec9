/** Waiting for one change. */
import { jsonOf, notUnderstood } from './answer';
import { ask, type Answer, type Call, type CallOptions, type Via } from './http';
import { eventOf, indexesOf, type KeyEvent, type StoreIndexes } from './keyEvent';
import { concerns, normalKey, pathOfKey } from './keyPath';

export interface WaitOptions extends CallOptions {
  /** Also changes of what is below. */
  readonly recursive?: boolean;
}

/** A change, and what the member said of the store when it began to wait. */
export type Waited = KeyEvent & StoreIndexes;

/**
 * The first change of a key at or after `waitIndex` that the history of the members still has, or that comes. Rejects with EtcdError
 * 401 if the history no longer reaches back to it, with NoAnswerError if nothing comes in time, or with the signal's reason. What a
 * member says of other keys or of the past rejects with NotUnderstoodError.
 */
export async function nextChange(via: Via, key: string, waitIndex: number, options: WaitOptions = {}): Promise<Waited> {
  const call = waitCall(key, waitIndex, options);
  const answer = await ask(via, call, options);
  const change = changeOf(call, answer, waitIndex);
  if (change === undefined) throw notUnderstood(call, answer, 'the wait ended without a change');
  if (!concerns(normalKey(key), change.node.key))
    throw notUnderstood(call, answer, `it is about ${JSON.stringify(change.node.key.slice(0, 100))}`);
  return change;
}

/** The request that is answered by the first change. */
export function waitCall(key: string, waitIndex: number, { recursive = false }: WaitOptions): Call {
  const query = { wait: 'true', waitIndex: String(waitIndex), ...(recursive ? { recursive: 'true' } : {}) };
  return { method: 'GET', path: pathOfKey(key, query) };
}

/** Undefined: the member ended the wait, as it does when it stops. Throws AnswerError. */
export function changeOf(call: Call, answer: Answer, waitIndex: number): Waited | undefined {
  const body = jsonOf(call, answer);
  if (body === undefined) return undefined;
  const event = eventOf(body);
  if (event === undefined || event.action === 'get') throw notUnderstood(call, answer, 'it is no change of a key');
  const { modifiedIndex } = event.node;
  if (modifiedIndex < waitIndex)
    throw notUnderstood(
      call,
      answer,
      `it is of the past (index ${modifiedIndex}, and ${waitIndex} or later was asked for)`,
    );
  return { ...event, ...indexesOf(answer.headers) };
}
