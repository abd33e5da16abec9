/** `/v2/members`: who belongs to the cluster. */
import { AnswerError } from './errors';
import { askForJson, type Target } from './http';
import { isRecord, textOf, textsOf } from './json';

export interface Member {
  /** Hexadecimal. */
  readonly id: string;
  /** Empty until the member was started. */
  readonly name: string;
  readonly peerURLs: readonly string[];
  /** Empty until the member was started. */
  readonly clientURLs: readonly string[];
  /** It gets the log and does not vote yet. */
  readonly isLearner: boolean;
}

const GONE = 410;

/** All members, as the member that answers knows them. Rejects with NoAnswerError or AnswerError. */
export async function listMembers(target: Target): Promise<readonly Member[]> {
  const body = await askForJson(target, { method: 'GET', path: '/v2/members' });
  if (!isRecord(body) || !Array.isArray(body['members']))
    throw new AnswerError(200, 'GET /v2/members: no list of members');
  return body['members'].map(memberOf);
}

/** Removes a member for good; it is no error if that was done before. Rejects with NoAnswerError or AnswerError. */
export async function removeMember(target: Target, id: string): Promise<void> {
  try {
    await askForJson(target, { method: 'DELETE', path: `/v2/members/${id}` });
  } catch (error) {
    if (!(error instanceof AnswerError) || error.status !== GONE) throw error;
  }
}

function memberOf(value: unknown): Member {
  const record = isRecord(value) ? value : {};
  const id = textOf(record['id']);
  if (id === undefined) throw new AnswerError(200, 'GET /v2/members: a member without id');
  const name = textOf(record['name']) ?? '';
  return {
    ...{ id, name, peerURLs: textsOf(record['peerURLs']), clientURLs: textsOf(record['clientURLs']) },
    isLearner: record['isLearner'] === true,
  };
}
