/** Where locks live in the key space (spec v0-api section 4): a directory for each lock, in it a node for each that has or wants it. */
import { nameOf } from '../../machine/keyspace/path';

/** Above all locks; both modules keep theirs here, so lock X and leader X are one. */
export const LOCKS = '/_etcd/mod/lock';

/** The directories that are there only for the sake of locks, the lowest first. */
export const MODULES = '/_etcd/mod';

export const LOCK_PREFIX = '/mod/v2/lock/';
export const LEADER_PREFIX = '/mod/v2/leader/';

/** Digits of a node's name, as the key space makes it of the index of its creation. */
const NAME_LENGTH = 20;

const NAME = /^\d{1,20}$/;

/** The lock that a path of a module's route names; undefined: none. `prefix` ends with a slash. */
export function lockOf(path: string, prefix: string): string | undefined {
  if (!path.startsWith(prefix)) return undefined;
  const name = path.slice(prefix.length, path.endsWith('/') ? -1 : undefined);
  return name === '' ? undefined : `${LOCKS}/${name}`;
}

/** The lock that a path of either module names. */
export function lockOfPath(path: string): string | undefined {
  return lockOf(path, LOCK_PREFIX) ?? lockOf(path, LEADER_PREFIX);
}

/** The number that a node is known by; undefined: it is not one of a queue. */
export function indexOfNode(key: string): number | undefined {
  return indexOfText(nameOf(key));
}

/** An index as clients give it, padded or plain. */
export function indexOfText(text: string): number | undefined {
  const index = NAME.test(text) ? Number(text) : NaN;
  return Number.isSafeInteger(index) ? index : undefined;
}

export function nodeOfIndex(lock: string, index: number): string {
  return `${lock}/${String(index).padStart(NAME_LENGTH, '0')}`;
}
