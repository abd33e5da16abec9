/**
 * What parts of commands in the log may look like: the checks of the API once more, because commands also come from other members.
 * What is true of one kind of command only is in its entry (commands/).
 * The leader refuses what breaks a rule, and the state machine leaves an entry with such a command without effect. So the
 * rules are part of the state machine: members with different rules would come to different states, and a change of them
 * needs a feature level of its own.
 */
import type { Command, KeyCommand } from './command';

/**
 * Each level of a key is a directory whose own name holds all levels above it: without a limit a single request within the
 * limits of its size could make gigabytes of them, on every member (divergence `key-depth`).
 */
export const LEVELS_MAX = 256;

/**
 * What a new key may be long. V8 tells strings of more than 16,383 characters apart by their length alone where it hashes them, so that
 * the keys of one length would be a single chain in every map, walked with each look at one of them (divergence `key-length`). What is
 * made below a key by itself, as the node of a POST, is some twenty more. Not a rule of the state machine, which may hold longer ones.
 */
export const KEY_BYTES_MAX = 8192;

const TOO_DEEP = `a key has at most ${LEVELS_MAX} levels`;
const TOO_LONG = `a key has at most ${KEY_BYTES_MAX} bytes`;

/** 2000-01-01T00:00:00Z: an earlier expiry counts as none (spec v2-api section 5, TTL). */
export const EXPIRATION_MIN_MS = 946_684_800_000;

/** The longest TTL that etcd can count in nanoseconds; a longer one counts as none. */
export const TTL_MAX_SECONDS = 9_223_372_036;

export const URLS_MAX = 128;
export const URL_BYTES_MAX = 4096;

/** An empty component, or one that is "." or "..", anywhere. */
const UNCLEAN = /\/(?:\/|\.{1,2}(?:\/|$))/;
const URL_TEXT = /^(?:https?|unixs?):\/\/[^\s/]+/;

/** Whether `path` is deeper than keys may be. @param below levels that are made below it besides, as the node that a POST makes */
export function isTooDeep(path: string, below = 0): boolean {
  let levels = below;
  for (let at = path.indexOf('/'); at !== -1; at = path.indexOf('/', at + 1)) levels++;
  return levels > LEVELS_MAX;
}

/** Whether a command makes a key that is longer than new ones may be. */
export function isKeyTooLong(command: Command): boolean {
  return (command.type === 'set' || command.type === 'create') && command.path.length > KEY_BYTES_MAX;
}

/** Why there can be no new key of that name, in words. @param below as for `isTooDeep` */
export function faultOfNewKey(path: string, below = 0): string | undefined {
  return isTooDeep(path, below) ? TOO_DEEP : faultOfLength(path);
}

/** The same of what is long only: nobody can wait for such a key either. */
export function faultOfLength(path: string): string | undefined {
  return path.length > KEY_BYTES_MAX ? TOO_LONG : undefined;
}

/** Why a client cannot ask for this, in words. A key that is there may be longer than new ones; it is changed by a command that asks for it to be there. */
export function faultOfKey(command: KeyCommand): string | undefined {
  if (isTooDeep(command.path, command.type === 'create' && command.inOrder ? 1 : 0)) return TOO_DEEP;
  return isKeyTooLong(command) ? TOO_LONG : undefined;
}

/** What is wrong with URLs that a member is said to have. */
export function faultOfUrls(urls: readonly string[], atLeast: number): string | undefined {
  if (urls.length < atLeast || urls.length > URLS_MAX) return `${urls.length} URLs of a member`;
  const bad = urls.find((url) => url.length > URL_BYTES_MAX || !URL_TEXT.test(url));
  return bad === undefined ? undefined : 'a URL of a member is none';
}

/** Whether a key below the root can have this path: no other reaches it. */
export function isCleanPath(path: string): boolean {
  return path.charCodeAt(0) === 0x2f && path.charCodeAt(path.length - 1) !== 0x2f && !UNCLEAN.test(path);
}

/** What is wrong with the path of a key. */
export function faultOfPath(path: string): string | undefined {
  if (path === '/') return undefined;
  if (!isCleanPath(path)) return 'a path that is not clean';
  return isTooDeep(path) ? `a path of more than ${LEVELS_MAX} levels` : undefined;
}

/** What is wrong with the moment at which a node is to expire. */
export function faultOfExpiration({
  expirationMs,
  nowMs,
}: Exclude<KeyCommand, { readonly type: 'delete' | 'compareAndDelete' }>): string | undefined {
  if (expirationMs === undefined) return undefined;
  const isPossible = expirationMs >= EXPIRATION_MIN_MS && expirationMs <= nowMs + TTL_MAX_SECONDS * 1000;
  return isPossible ? undefined : 'an expiry that no TTL gives';
}
