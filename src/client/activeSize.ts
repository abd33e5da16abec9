/** How many members a cluster is to have, as in etcd 0.4. */
import { AnswerError, NoAnswerError } from './errors';
import { askForJson, type Via } from './http';
import { isRecord } from './json';

/** What is shown where nobody set anything, and nothing is done. */
const UNSET = { activeSize: 9, removeDelay: 1800, syncInterval: 5 } as const;

/** Undefined: nobody set it, or it is not said there: no member of Cairn answers, or its operators' routes are elsewhere. */
export async function activeSizeOf(via: Via): Promise<number | undefined> {
  let said: unknown;
  try {
    said = await askForJson(via, { method: 'GET', path: '/v2/admin/config' });
  } catch (error) {
    if (error instanceof AnswerError || error instanceof NoAnswerError) return undefined;
    throw error;
  }
  if (!isRecord(said) || typeof said['activeSize'] !== 'number') return undefined;
  const settings = said;
  const isUnset = Object.entries(UNSET).every(([name, value]) => settings[name] === value);
  return isUnset ? undefined : said['activeSize'];
}
