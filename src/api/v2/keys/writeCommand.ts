/** Which write a request asks for (spec v2-api section 5, dispatch). */
import type { CompareAndSwapCommand, KeyCommand } from '../../../machine/command';
import { EXPIRATION_MIN_MS, TTL_MAX_SECONDS } from '../../../machine/commandRules';
import type { KeyParameters } from './parameters';

/** The absolute expiry of a TTL; undefined: permanent. A TTL of 0 is due at once. */
export function expirationOf(ttlSeconds: number | undefined, nowMs: number): number | undefined {
  if (ttlSeconds === undefined || ttlSeconds > TTL_MAX_SECONDS) return undefined;
  const expirationMs = nowMs + ttlSeconds * 1000;
  return expirationMs < EXPIRATION_MIN_MS ? undefined : expirationMs;
}

/**
 * PUT: prevExist decides between update and create, then prevValue and prevIndex ask for a comparison, else it is a set.
 *
 * @param path clean
 */
export function putCommand(path: string, parameters: KeyParameters, nowMs: number): KeyCommand {
  const { prevExist, dir, value, refresh } = parameters;
  const expirationMs = expirationOf(parameters.ttlSeconds, nowMs);
  if (prevExist === false) return { type: 'create', path, nowMs, dir, value, expirationMs, inOrder: false };
  if (comparesPrevious(parameters)) return swapCommand(path, parameters, nowMs);
  if (prevExist === true) return { type: 'update', path, nowMs, value, expirationMs, refresh };
  return { type: 'set', path, nowMs, dir, value, expirationMs, refresh };
}

function swapCommand(path: string, parameters: KeyParameters, nowMs: number): CompareAndSwapCommand {
  const { value, refresh, prevValue, prevIndex } = parameters;
  const expirationMs = expirationOf(parameters.ttlSeconds, nowMs);
  return { type: 'compareAndSwap', path, nowMs, value, expirationMs, refresh, prevValue, prevIndex };
}

/** POST: a child of `path` whose name is the index of the write. Conditions are ignored. */
export function postCommand(path: string, parameters: KeyParameters, nowMs: number): KeyCommand {
  const { dir, value, ttlSeconds } = parameters;
  return { type: 'create', path, nowMs, dir, value, expirationMs: expirationOf(ttlSeconds, nowMs), inOrder: true };
}

/** DELETE: prevValue or prevIndex ask for a comparison; prevExist is ignored. */
export function deleteCommand(path: string, parameters: KeyParameters, nowMs: number): KeyCommand {
  const { dir, recursive, prevValue, prevIndex } = parameters;
  if (comparesPrevious(parameters)) return { type: 'compareAndDelete', path, nowMs, prevValue, prevIndex };
  return { type: 'delete', path, nowMs, dir, recursive };
}

function comparesPrevious(parameters: KeyParameters): boolean {
  return parameters.prevIndex > 0n || parameters.prevValue !== '';
}
