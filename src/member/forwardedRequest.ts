/**
 * What members ask of each other besides raft's own messages: a follower hands its clients' commands and membership changes to
 * the leader, and hears back only if they were not taken; what was taken it sees when it applies it. First byte: the kind.
 */
import { DecodeError } from '../machine/bytes';
import { decodeChange, encodeChange, isCount, type ProposedChange } from '../machine/cluster/clusterRows';
import { MEMBERSHIP_REFUSALS, type MembershipRefusal } from './types';

export type Request =
  /** Encoded by machine/commandCodec. */
  | { readonly kind: 'commands'; readonly data: Uint8Array }
  | { readonly kind: 'change'; readonly proposed: ProposedChange }
  | ({ readonly kind: 'refused' } & RefusedRequest)
  /** The store has no room for some commands of a batch, and nothing of it was proposed. */
  | ({ readonly kind: 'noSpace' } & CommandsWithoutRoom)
  /** What the sender can hold of the store, in bytes; 0: no limit. The leader keeps to the lowest. */
  | { readonly kind: 'quota'; readonly bytes: number }
  /** The leader to the others: whether the store is full, so that operators hear of it whichever member they ask. */
  | { readonly kind: 'quotaAlarm'; readonly isFull: boolean };

/** The request was certainly not proposed. */
export interface RefusedRequest {
  readonly of: 'commands' | 'change';
  readonly run: number;
  readonly sequence: number;
  /** `later`: nothing is wrong with it, it may be sent again. */
  readonly reason: 'later' | 'tooLarge' | MembershipRefusal;
}

export interface CommandsWithoutRoom {
  readonly run: number;
  readonly sequence: number;
  /** Their places in the batch, in ascending order. */
  readonly places: readonly number[];
}

const COMMANDS = 1;
const CHANGE = 2;
const REFUSED = 3;
const NO_SPACE = 4;
const QUOTA = 5;
const QUOTA_ALARM = 6;

/** The bytes in pieces: those of commands, which may be megabytes, are not copied. */
export function encodeRequest(request: Request): readonly Uint8Array[] {
  switch (request.kind) {
    case 'commands':
      return [Buffer.from([COMMANDS]), request.data];
    case 'change':
      return [Buffer.from([CHANGE]), encodeChange(request.proposed)];
    case 'refused': {
      const { of, run, sequence, reason } = request;
      return asJson(REFUSED, { of, run, sequence, reason });
    }
    case 'noSpace': {
      const { run, sequence, places } = request;
      return asJson(NO_SPACE, { run, sequence, places });
    }
    case 'quota':
      return asJson(QUOTA, { bytes: request.bytes });
    case 'quotaAlarm':
      return asJson(QUOTA_ALARM, { isFull: request.isFull });
  }
}

function asJson(kind: number, fields: object): readonly Uint8Array[] {
  return [Buffer.from([kind]), Buffer.from(JSON.stringify(fields))];
}

/** Undefined for a kind this version does not know: the sender hears nothing and times out. @throws DecodeError */
export function decodeRequest(bytes: Uint8Array): Request | undefined {
  const body = bytes.subarray(1);
  switch (bytes[0]) {
    case COMMANDS:
      return { kind: 'commands', data: body };
    case CHANGE:
      return { kind: 'change', proposed: proposedIn(body) };
    case REFUSED:
      return { kind: 'refused', ...decodeRefusal(body) };
    case NO_SPACE:
      return { kind: 'noSpace', ...decodeWithoutRoom(body) };
    case QUOTA: {
      const { bytes: limit } = recordIn(body);
      if (!isCount(limit)) throw new DecodeError('a quota that is no number');
      return { kind: 'quota', bytes: limit };
    }
    case QUOTA_ALARM: {
      const { isFull } = recordIn(body);
      if (typeof isFull !== 'boolean') throw new DecodeError('an alarm that is neither on nor off');
      return { kind: 'quotaAlarm', isFull };
    }
    case undefined:
      throw new DecodeError('an empty request');
    default:
      return undefined;
  }
}

const HALF_A_PAIR = /\p{Surrogate}/u;

/** What is in the log already keeps its effect: so this is looked at here, and not where entries are read. */
function proposedIn(body: Uint8Array): ProposedChange {
  const proposed = decodeChange(short(body));
  const { change } = proposed;
  if (change.type === 'addMember' && change.peerURLs.some((url) => HALF_A_PAIR.test(url))) {
    throw new DecodeError('a URL of a member is no text');
  }
  return proposed;
}

const REASONS: readonly RefusedRequest['reason'][] = ['later', 'tooLarge', ...MEMBERSHIP_REFUSALS];

function decodeRefusal(body: Uint8Array): RefusedRequest {
  const { of, run, sequence, reason: text } = recordIn(body);
  const reason = REASONS.find((known) => known === text);
  if ((of !== 'commands' && of !== 'change') || !isCount(run) || !isCount(sequence) || reason === undefined) {
    throw new DecodeError('a refusal of nothing');
  }
  return { of, run, sequence, reason };
}

function decodeWithoutRoom(body: Uint8Array): CommandsWithoutRoom {
  const { run, sequence, places } = recordIn(body);
  if (!isCount(run) || !isCount(sequence) || !Array.isArray(places) || places.length === 0 || !places.every(isCount)) {
    throw new DecodeError('a refusal of no commands');
  }
  return { run, sequence, places };
}

/** Enough for the places of a hundred thousand commands; what is parsed takes dozens of times its bytes in memory. */
const RECORD_BYTES_MAX = 1024 * 1024;

function short(body: Uint8Array): Uint8Array {
  if (body.length > RECORD_BYTES_MAX) throw new DecodeError(`a record of ${body.length} bytes`);
  return body;
}

function recordIn(body: Uint8Array): Readonly<Record<string, unknown>> {
  const text = Buffer.from(short(body)).toString();
  let parsed: unknown;
  try {
    parsed = JSON.parse(text);
  } catch {
    throw new DecodeError('a refusal is not JSON');
  }
  if (typeof parsed !== 'object' || parsed === null) throw new DecodeError('a refusal is no record');
  return parsed as Readonly<Record<string, unknown>>;
}
