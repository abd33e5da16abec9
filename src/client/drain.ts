/** `/config/local/drain`: a member sends its clients to the others. */
import { askForJson, type Via } from './http';

/**
 * For so many seconds the member says that it is not ready and ends its connections; it goes on serving. Resolves when it has
 * handed leadership over. Rejects with NoAnswerError or AnswerError.
 */
export async function drainMember(via: Via, seconds: number): Promise<void> {
  await askForJson(via, { method: 'PUT', path: '/config/local/drain', body: { json: { Seconds: seconds } } });
}
