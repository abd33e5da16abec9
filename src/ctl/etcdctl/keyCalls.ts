/** Requests for keys. */
import { posix } from 'node:path';
import type { Call } from './cluster';
import { encodeForm, pathEscape } from './goText';

export interface Conditions {
  readonly prevValue?: string;
  /** 0: none. A negative one is what it is to unsigned 64 bits, as etcdctl sends it. */
  readonly prevIndex?: number;
  readonly prevExist?: boolean;
}

export function getCall(key: string, options: { sort: boolean; recursive: boolean; quorum: boolean }): Call {
  const { sort, recursive, quorum } = options;
  const query = { quorum: String(quorum), recursive: String(recursive), sorted: String(sort) };
  return { method: 'GET', path: keyPath(key), query: encodeForm(query) };
}

export function watchCall(key: string, options: { waitIndex: number; recursive: boolean }): Call {
  const query = { recursive: String(options.recursive), wait: 'true', waitIndex: String(options.waitIndex) };
  return { method: 'GET', path: keyPath(key), query: encodeForm(query), isWait: true };
}

/** @param value - undefined: a directory */
export function setCall(key: string, value: string | undefined, ttlS: number, conditions: Conditions = {}): Call {
  const { prevExist } = conditions;
  const query = {
    dir: value === undefined ? 'true' : undefined,
    prevExist: prevExist === undefined ? undefined : String(prevExist),
    ...conditionsOf(conditions),
  };
  const form = { value, ttl: ttlS > 0 ? String(ttlS) : undefined };
  return {
    ...{ method: 'PUT', path: keyPath(key), query: encodeForm(query), body: asForm(form) },
    isOneShot: prevExist === false,
    // Also a directory that is made: there it would be the second time.
    isConditional: isConditional(conditions) || (value === undefined && prevExist === undefined),
  };
}

export function createInOrderCall(directory: string, value: string, ttlS: number): Call {
  const form = { value, ttl: ttlS > 0 ? String(ttlS) : undefined };
  return { method: 'POST', path: keyPath(directory), body: asForm(form), isOneShot: true };
}

export function deleteCall(
  key: string,
  { dir, recursive, ...conditions }: Conditions & { dir: boolean; recursive: boolean },
): Call {
  const query = {
    dir: dir ? 'true' : undefined,
    recursive: recursive ? 'true' : undefined,
    ...conditionsOf(conditions),
  };
  return { method: 'DELETE', path: keyPath(key), query: encodeForm(query), isOneShot: true };
}

function isConditional({ prevValue = '', prevIndex = 0 }: Conditions): boolean {
  return prevValue !== '' || prevIndex !== 0;
}

function conditionsOf({ prevValue = '', prevIndex = 0 }: Conditions): Readonly<Record<string, string | undefined>> {
  return {
    prevValue: prevValue === '' ? undefined : prevValue,
    prevIndex: prevIndex === 0 ? undefined : String(BigInt.asUintN(64, BigInt(prevIndex))),
  };
}

function asForm(fields: Readonly<Record<string, string | undefined>>): NonNullable<Call['body']> {
  return { type: 'application/x-www-form-urlencoded', text: encodeForm(fields) };
}

/** Below /v2/keys, whatever the key says: `..` does not lead out of it. A slash at its end stays. */
function keyPath(key: string): string {
  const path = posix.normalize(`/${key}`);
  return `/v2/keys${path === '/' && !key.endsWith('/') ? '' : pathEscape(path)}`;
}
