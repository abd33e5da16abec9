/** `/v2/members`: who belongs to the cluster. */
import { MEMBERS_MAX } from '../platform/sizes';
import { RefusedError } from './errors';
import { jsonOf, notUnderstood } from './answer';
import { ask, askForJson, type Call, type CallOptions, type Via } from './http';
import { isRecord, textOf, textsOf } from './json';
import { pathSegment } from './keyPath';

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
const PATH = '/v2/members';

/** The members of a cluster. All methods reject with what `ClientError` lists, or with the reason of the signal. */
export class Members {
  constructor(private readonly via: Via) {}

  /** All of them, as the member that answers knows them. */
  list(options: CallOptions = {}): Promise<readonly Member[]> {
    return listMembers(this.via, options);
  }

  /** Who leads. RefusedError with status 503 during an election. */
  leader(options: CallOptions = {}): Promise<Member> {
    return oneMember(this.via, { method: 'GET', path: `${PATH}/leader` }, options);
  }

  /** Makes place for a member that is started afterwards. @param peerURLs - where the others will reach it, such as `http://10.0.0.4:2380` */
  add(peerURLs: readonly string[], options: CallOptions = {}): Promise<Member> {
    return oneMember(this.via, { method: 'POST', path: PATH, body: { json: { peerURLs } } }, options);
  }

  /** Tells the others where a member has moved to. @param id - hexadecimal */
  async update(id: string, peerURLs: readonly string[], options: CallOptions = {}): Promise<void> {
    await askForJson(this.via, { method: 'PUT', path: pathOf(id), body: { json: { peerURLs } } }, options);
  }

  /** Removes a member for good; it is no error if that was done before. @param id - hexadecimal */
  remove(id: string, options: CallOptions = {}): Promise<void> {
    return removeMember(this.via, id, options);
  }
}

/** As `Members.list`. */
export async function listMembers(via: Via, options: CallOptions = {}): Promise<readonly Member[]> {
  const call: Call = { method: 'GET', path: PATH };
  const answer = await ask(via, call, options);
  const body = jsonOf(call, answer);
  if (!isRecord(body) || !Array.isArray(body['members'])) throw notUnderstood(call, answer, 'no list of members');
  if (body['members'].length > MEMBERS_MAX) throw notUnderstood(call, answer, `more than ${MEMBERS_MAX} members`);
  return body['members'].map((value) => {
    const member = memberOf(value);
    if (member === undefined) throw notUnderstood(call, answer, 'a member without id');
    return member;
  });
}

/** As `Members.remove`. */
export async function removeMember(via: Via, id: string, options: CallOptions = {}): Promise<void> {
  try {
    await askForJson(via, { method: 'DELETE', path: pathOf(id) }, options);
  } catch (error) {
    if (!(error instanceof RefusedError) || error.status !== GONE) throw error;
  }
}

function pathOf(id: string): string {
  return `${PATH}/${pathSegment(id)}`;
}

async function oneMember(via: Via, call: Call, options: CallOptions): Promise<Member> {
  const answer = await ask(via, call, options);
  const member = memberOf(jsonOf(call, answer));
  if (member === undefined) throw notUnderstood(call, answer, 'a member without id');
  return member;
}

function memberOf(value: unknown): Member | undefined {
  const record = isRecord(value) ? value : {};
  const id = textOf(record['id']);
  if (id === undefined) return undefined;
  const name = textOf(record['name']) ?? '';
  return {
    ...{ id, name, peerURLs: textsOf(record['peerURLs']), clientURLs: textsOf(record['clientURLs']) },
    isLearner: record['isLearner'] === true,
  };
}
