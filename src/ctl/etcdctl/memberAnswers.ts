/** The list of members, as a member answers it. */
import { isRecord, parseJson as readJson, textOf, textsOf } from '../../client/json';
import { MEMBERS_MAX } from '../../platform/sizes';
import { UnreadableAnswerError } from './failures';

export interface ListedMember {
  /** Hexadecimal. */
  readonly id: string;
  /** Empty until it was started. */
  readonly name: string;
  readonly peerURLs: readonly string[];
  readonly clientURLs: readonly string[];
}

/** @throws UnreadableAnswerError */
export function parseMembers(text: string): readonly ListedMember[] {
  const body = parseJson(text);
  if (!isRecord(body)) throw new UnreadableAnswerError();
  const { members } = body;
  if (members === undefined || members === null) return [];
  if (!Array.isArray(members) || members.length > MEMBERS_MAX) throw new UnreadableAnswerError();
  return members.map(parseMember);
}

/** @throws UnreadableAnswerError */
export function parseMember(value: unknown): ListedMember {
  if (!isRecord(value)) throw new UnreadableAnswerError();
  return {
    id: textOf(value['id']) ?? '',
    name: textOf(value['name']) ?? '',
    peerURLs: textsOf(value['peerURLs']),
    clientURLs: textsOf(value['clientURLs']),
  };
}

/** @throws UnreadableAnswerError */
export function parseJson(text: string): unknown {
  const value = readJson(text);
  if (value === undefined) throw new UnreadableAnswerError(text === '');
  return value;
}
