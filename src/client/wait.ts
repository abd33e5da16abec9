/** Waiting for one change. */
import { jsonOf, notUnderstood } from './answer';
import { ask, type Call, type CallOptions, type Via } from './http';
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
  const waited = await changeOrNothing(via, key, waitIndex, options);
  if (waited !== undefined) return waited;
  const call = callOf(key, waitIndex, options);
  throw notUnderstood(
    call,
    { status: 200, headers: {}, text: '', endpoint: 'the member' },
    'it ended without a change',
  );
}

/** As `nextChange`; undefined if the member ended the wait, as it does when it stops. */
export async function changeOrNothing(
  via: Via,
  key: string,
  waitIndex: number,
  options: WaitOptions = {},
): Promise<Waited | undefined> {
  const call = callOf(key, waitIndex, options);
  const answer = await ask(via, call, options);
  const body = jsonOf(call, answer);
  if (body === undefined) return undefined;
  const event = eventOf(body);
  if (event === undefined || event.action === 'get') throw notUnderstood(call, answer, 'it is no change of a key');
  const { modifiedIndex } = event.node;
  if (modifiedIndex < waitIndex)
    throw notUnderstood(
      call,
      answer,
      `it is a change of the past (${modifiedIndex}), and ${waitIndex} or later was asked for`,
    );
  if (!concerns(normalKey(key), event.node.key))
    throw notUnderstood(call, answer, `it is about ${JSON.stringify(event.node.key.slice(0, 100))}`);
  return { ...event, ...indexesOf(answer.headers) };
}

function callOf(key: string, waitIndex: number, { recursive = false }: WaitOptions): Call {
  const query = { wait: 'true', waitIndex: String(waitIndex), ...(recursive ? { recursive: 'true' } : {}) };
  return { method: 'GET', path: pathOfKey(key, query) };
}
