/** Asks a running cluster who its members are, for a member that joins it. */
import type { Dial } from '../platform/dial';
import { plainRequest } from '../platform/plainRequest';
import { MEMBER_URL_BYTES_MAX, MEMBER_URLS_MAX, MEMBERS_MAX } from '../platform/sizes';
import { codeOf } from '../platform/errorCode';
import { reasonOf } from '../platform/networkError';

/** A member as `/members` of the peer port shows it. */
export interface RemoteMember {
  /** Unpadded lower-case hexadecimal. */
  readonly id: string;
  readonly name: string;
  readonly peerURLs: readonly string[];
  readonly clientURLs: readonly string[];
}

export interface RemoteCluster {
  /** Unpadded lower-case hexadecimal. */
  readonly clusterId: string;
  readonly members: readonly RemoteMember[];
}

/** The cluster could not be asked, or its answer makes no sense. */
export class FetchMembersError extends Error {
  override readonly name = 'FetchMembersError';

  constructor(
    message: string,
    /** As of the error behind it (platform/networkError.ts). */
    readonly code?: string,
  ) {
    super(message);
  }
}

const ANSWER_BYTES_MAX = 1024 * 1024;
/** Of a name, which is only shown. */
const NAME_LENGTH_MAX = 2048;
const ID_MAX = 2n ** 64n;

/** GET /members of one peer URL; works with etcd's members too. Rejects with FetchMembersError within the timeout. */
export async function fetchMembers(peerUrl: string, timeoutMs: number, dial?: Dial): Promise<RemoteCluster> {
  try {
    const url = new URL('/members', peerUrl).href;
    const asked = { method: 'GET', url, timeoutMs, answerBytesMax: ANSWER_BYTES_MAX, dial } as const;
    const { status, headers, text } = await plainRequest(asked);
    if (status !== 200) throw new Error(`status ${status}`);
    return { clusterId: hexadecimal(headers['x-etcd-cluster-id']), members: parseMembers(text) };
  } catch (error) {
    throw new FetchMembersError(`could not get the members from ${peerUrl} (${reasonOf(error)})`, codeOf(error));
  }
}

/**
 * Ids are decimal numbers of up to 64 bits, more than JSON.parse keeps: they are put in quotes first. The pattern never
 * matches in the middle of a value: a quote inside a string has a backslash before it, and no value is followed by a colon.
 */
export function parseMembers(json: string): RemoteMember[] {
  const parsed: unknown = JSON.parse(json.replace(/"id"\s*:\s*(\d{1,20})(?=\s*[,}])/g, '"id":"$1"'));
  if (!Array.isArray(parsed)) throw new Error('the answer is not a list of members');
  if (parsed.length > MEMBERS_MAX) throw new Error(`the answer lists more than ${MEMBERS_MAX} members`);
  return parsed.map(memberOf);
}

function memberOf(value: unknown): RemoteMember {
  if (typeof value !== 'object' || value === null) throw new Error('the answer is not a list of members');
  const fields = new Map<string, unknown>(Object.entries(value));
  const id = fields.get('id');
  if (typeof id !== 'string' || !/^\d+$/.test(id)) throw new Error('a member has no id');
  const number = BigInt(id);
  if (number >= ID_MAX) throw new Error('the id of a member is more than 64 bits');
  const name = fields.get('name');
  return {
    id: number.toString(16),
    name: typeof name === 'string' ? name.slice(0, NAME_LENGTH_MAX) : '',
    peerURLs: texts(fields.get('peerURLs')),
    clientURLs: texts(fields.get('clientURLs')),
  };
}

function texts(value: unknown): readonly string[] {
  if (!Array.isArray(value)) return [];
  const urls = value.filter(
    (item): item is string => typeof item === 'string' && item.length <= MEMBER_URL_BYTES_MAX && URL.canParse(item),
  );
  return urls.slice(0, MEMBER_URLS_MAX);
}

function hexadecimal(value: string | string[] | undefined): string {
  if (typeof value === 'string' && /^[0-9a-f]{1,16}$/.test(value)) return value;
  throw new Error('the answer has no cluster ID');
}
