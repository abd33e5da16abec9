/** `/v2/keys`: reading, writing and watching keys. */
import { AnswerError } from './errors';
import { askForJson, type Target } from './http';
import { isRecord, textOf } from './json';

export interface Node {
  readonly key: string;
  /** Undefined for a directory. */
  readonly value: string | undefined;
  readonly modifiedIndex: number;
}

export interface KeyEvent {
  /** get, set, update, create, delete, expire, compareAndSwap or compareAndDelete. */
  readonly action: string;
  readonly node: Node;
}

export interface SetOptions {
  /** Seconds until the key goes away by itself. */
  readonly ttl?: number;
  /** Set only if this is the key's value. */
  readonly prevValue?: string;
}

/** A linearizable read. Rejects with NoAnswerError or AnswerError (errorCode 100: no such key). */
export async function getKey(target: Target, key: string): Promise<KeyEvent> {
  return eventOf(await askForJson(target, { method: 'GET', path: `${pathOf(key)}?quorum=true` }));
}

/** Rejects with NoAnswerError or AnswerError (errorCode 101: `prevValue` is not its value). */
export async function setKey(target: Target, key: string, value: string, options: SetOptions = {}): Promise<KeyEvent> {
  const { ttl, prevValue } = options;
  const form = {
    value,
    ...(ttl === undefined ? {} : { ttl: String(ttl) }),
    ...(prevValue === undefined ? {} : { prevValue }),
  };
  return eventOf(await askForJson(target, { method: 'PUT', path: pathOf(key), body: { form } }));
}

/** Rejects with NoAnswerError or AnswerError (errorCode 100: no such key). */
export async function deleteKey(target: Target, key: string): Promise<KeyEvent> {
  return eventOf(await askForJson(target, { method: 'DELETE', path: pathOf(key) }));
}

/** The first change of the key at or after `waitIndex`. Rejects with NoAnswerError if none comes in time, or AnswerError. */
export async function watchKey(target: Target, key: string, waitIndex: number): Promise<KeyEvent> {
  const path = `${pathOf(key)}?wait=true&waitIndex=${waitIndex}`;
  return eventOf(await askForJson(target, { method: 'GET', path }));
}

function pathOf(key: string): string {
  return `/v2/keys/${key.split('/').filter(Boolean).map(encodeURIComponent).join('/')}`;
}

function eventOf(body: unknown): KeyEvent {
  const { action, node } = isRecord(body) ? body : {};
  if (typeof action !== 'string' || !isRecord(node)) throw new AnswerError(200, 'the answer is no event of a key');
  const modifiedIndex = typeof node['modifiedIndex'] === 'number' ? node['modifiedIndex'] : 0;
  return { action, node: { key: textOf(node['key']) ?? '/', value: textOf(node['value']), modifiedIndex } };
}
