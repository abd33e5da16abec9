/**
 * What members ask of each other besides raft's own messages: a follower hands its clients' commands and membership changes to
 * the leader, and hears back only if they were not taken; what was taken it sees when it applies it. First byte: the kind.
 */
import { DecodeError } from '../machine/bytes';
import { decodeChange, encodeChange, type ProposedChange } from '../machine/cluster/clusterRows';
import { MEMBERSHIP_REFUSALS, type MembershipRefusal } from './types';

export type Request =
  /** Encoded by machine/commandCodec. */
  | { readonly kind: 'commands'; readonly data: Uint8Array }
  | { readonly kind: 'change'; readonly proposed: ProposedChange }
  | ({ readonly kind: 'refused' } & RefusedRequest);

/** The request was certainly not proposed. */
export interface RefusedRequest {
  readonly of: 'commands' | 'change';
  readonly run: number;
  readonly sequence: number;
  /** `later`: nothing is wrong with it, it may be sent again. */
  readonly reason: 'later' | 'tooLarge' | MembershipRefusal;
}

const COMMANDS = 1;
const CHANGE = 2;
const REFUSED = 3;

export function encodeRequest(request: Request): Buffer {
  switch (request.kind) {
    case 'commands':
      return Buffer.concat([Buffer.from([COMMANDS]), request.data]);
    case 'change':
      return Buffer.concat([Buffer.from([CHANGE]), encodeChange(request.proposed)]);
    case 'refused': {
      const { of, run, sequence, reason } = request;
      return Buffer.concat([Buffer.from([REFUSED]), Buffer.from(JSON.stringify({ of, run, sequence, reason }))]);
    }
  }
}

/** Undefined for a kind this version does not know: the sender hears nothing and times out. @throws DecodeError */
export function decodeRequest(bytes: Uint8Array): Request | undefined {
  const body = bytes.subarray(1);
  switch (bytes[0]) {
    case COMMANDS:
      return { kind: 'commands', data: body };
    case CHANGE:
      return { kind: 'change', proposed: decodeChange(body) };
    case REFUSED:
      return { kind: 'refused', ...decodeRefusal(body) };
    case undefined:
      throw new DecodeError('an empty request');
    default:
      return undefined;
  }
}

const REASONS: readonly RefusedRequest['reason'][] = ['later', 'tooLarge', ...MEMBERSHIP_REFUSALS];

function decodeRefusal(body: Uint8Array): RefusedRequest {
  let parsed: unknown;
  try {
    parsed = JSON.parse(Buffer.from(body).toString());
  } catch {
    throw new DecodeError('a refusal is not JSON');
  }
  if (typeof parsed !== 'object' || parsed === null) throw new DecodeError('a refusal is no record');
  const { of, run, sequence, reason: text } = parsed as Readonly<Record<string, unknown>>;
  const reason = REASONS.find((known) => known === text);
  if ((of !== 'commands' && of !== 'change') || !isCount(run) || !isCount(sequence) || reason === undefined) {
    throw new DecodeError('a refusal of nothing');
  }
  return { of, run, sequence, reason };
}

function isCount(value: unknown): value is number {
  return Number.isSafeInteger(value) && (value as number) >= 0;
}
