/** How a key or directory is read. */
import type { Answer } from './answers';
import { readRequest, type KeyRequest } from './saving';

/**
 * Of a member that is not behind what was seen. Behind a proxy the next member that is asked may be: nobody would tell again of what it has not
 * heard of yet. Then a majority is asked.
 *
 * @param seenIndex the highest index of the store that an answer or an event was of
 */
export async function readAsSeen(
  ask: (request: KeyRequest) => Promise<Answer>,
  key: string,
  seenIndex: number,
): Promise<Answer> {
  const answer = await ask(readRequest(key));
  const isBehind = answer.kind === 'ok' && answer.index < seenIndex;
  return isBehind ? ask({ ...readRequest(key), query: { quorum: 'true' } }) : answer;
}
