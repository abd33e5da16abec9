/** What the discovery service refuses, because whoever reaches it may be anybody. */
import type { CreateCommand, KeyCommand } from '../../machine/command';
import type { KeyResult } from '../../machine/keyspace/event';
import type { KeyReader, OwnReader } from '../../member/types';
import { Rate } from '../rate';
import type { KeyFailure } from '../v2/keys/failure';
import { keyFailure, requestFailure } from '../v2/keys/failure';
import type { DiscoveryOptions } from './options';
import { REGISTRY, tokenOf } from './registry';

/** Members of one cluster; what the clients of the service take for a size. */
export const SIZE_MIN = 1;
export const SIZE_MAX = 1000;

/** Tokens that are there at once. */
export const TOKENS_MAX = 10_000;

/** Tokens that may be made at one moment, and how many more each second after that. */
const TOKENS_AT_ONCE = 50;
const TOKENS_PER_SECOND = 10;

const NAME_BYTES_MAX = 255;
/** A registration is a name and a few URLs. */
const VALUE_BYTES_MAX = 64 * 1024;

/** Each byte of a value may take three in a form; the rest of the form is short. */
export const REGISTRATION_BODY_BYTES_MAX = 4 * VALUE_BYTES_MAX;

export const STARTING_TEXT = 'the discovery service is starting; try again';

const STARTING: KeyFailure = {
  code: 300,
  cause: STARTING_TEXT,
  etcdIndex: 0,
  httpStatus: 503,
  retryAfterSeconds: 1,
};

/** How often tokens are made, whoever asks for them. */
export function createTokenRate(): Rate {
  return new Rate(TOKENS_AT_ONCE, TOKENS_PER_SECOND);
}

/** Whether there is room for another token. Nothing is listed here: whoever may write keys can put more below it than there may be tokens. */
export function hasRoomForToken(member: KeyReader): boolean {
  return (member.childCount(REGISTRY) ?? 0) < TOKENS_MAX;
}

/**
 * Why a write below a token is refused, if it is. The token itself is no registration: with a TTL of its own it would end, for
 * whoever knows it, and a directory among the registrations is none.
 */
export function refusalOfRegistration(member: KeyReader & OwnReader, command: KeyCommand): KeyFailure | undefined {
  const token = tokenOf(command.path);
  if (command.path === token) return { ...requestFailure(102, token), etcdIndex: member.indexes().etcdIndex };
  if (command.type === 'delete' || command.type === 'compareAndDelete') return undefined;
  if ('dir' in command && command.dir) return requestFailure(209, 'a registration is not a directory');
  // A listing leaves hidden names out: they would not be counted.
  if (command.path[token.length + 1] === '_')
    return requestFailure(209, 'the name of a registration does not begin with "_"');
  if (command.path.length - token.length - 1 > NAME_BYTES_MAX)
    return requestFailure(209, `the name of a registration has at most ${NAME_BYTES_MAX} bytes`);
  if (command.value.length > VALUE_BYTES_MAX)
    return requestFailure(209, `a registration has at most ${VALUE_BYTES_MAX} bytes`);
  const held = member.childCount(token);
  const there = held === undefined ? lookedUp(member, token) : undefined;
  if (there?.ok === false) return keyFailure(there);
  const isNew = member.childCount(command.path) === undefined && !lookedUp(member, command.path).ok;
  // The size of the cluster is in a hidden directory beside them.
  if (isNew && (held ?? 0) > SIZE_MAX) return requestFailure(209, `a token has at most ${SIZE_MAX} registrations`);
  return undefined;
}

/** Nobody is told that a token is unknown which is about to be made: also not those whose discovery URL is that of the keys. */
export function insteadOfMissingToken(
  path: string,
  { isReady }: Pick<DiscoveryOptions, 'isReady'>,
): KeyFailure | undefined {
  return path.startsWith(`${REGISTRY}/`) && !isReady() ? STARTING : undefined;
}

/** The directory of a token that ends by itself, with all that is in it. */
export function tokenDirectoryCommand(path: string, nowMs: number, ttlSeconds: number): CreateCommand {
  const expirationMs = ttlSeconds === 0 ? undefined : nowMs + ttlSeconds * 1000;
  return { type: 'create', path, nowMs, dir: true, value: '', expirationMs, inOrder: false };
}

/** What is no directory. */
function lookedUp(member: OwnReader, path: string): KeyResult {
  return member.look(path, { recursive: false, sorted: false });
}
