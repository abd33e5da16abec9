/** What an answer of the key API tells, in the words of a history. */
import type { Action, Result, Version } from '../../linearizability/history';
import type { Answer, Call } from '../httpClient';

/** An answer that no request of this kind should ever get. */
export class OddAnswer extends Error {
  override readonly name = 'OddAnswer';
}

interface Node {
  readonly key: string;
  readonly value?: string;
  readonly modifiedIndex: number;
}

interface Body {
  readonly node?: Node;
  readonly prevNode?: Node;
  readonly errorCode?: number;
  readonly cause?: string;
  readonly index?: number;
}

/** @param ttl seconds, for a key that expires */
export function requestFor(action: Action, ttl?: number): Call {
  const life: Record<string, string> = ttl === undefined ? {} : { ttl: String(ttl) };
  switch (action.type) {
    case 'set':
      return { method: 'PUT', target: `/v2/keys${action.key}`, form: { value: action.value, ...life } };
    case 'append':
      return { method: 'POST', target: `/v2/keys${action.directory}`, form: { value: action.value } };
    case 'compareAndSwap': {
      const target = `/v2/keys${action.key}?prevValue=${encodeURIComponent(action.expected)}`;
      return { method: 'PUT', target, form: { value: action.value } };
    }
    case 'delete':
      return { method: 'DELETE', target: `/v2/keys${action.key}` };
    case 'read':
      return { method: 'GET', target: `/v2/keys${action.key}${action.linearizable ? '?quorum=true' : ''}` };
  }
}

/** Throws OddAnswer. */
export function resultOf(action: Action, answer: Answer): Result {
  if (answer.status >= 500) return { type: 'unknown' };
  const body = JSON.parse(answer.text) as Body;
  if (answer.status < 300) return successOf(action, answer, body);
  const refusal = refusalOf(action, body);
  if (refusal === undefined) throw new OddAnswer(`${JSON.stringify(action)}: ${answer.status} ${answer.text}`);
  return refusal;
}

function successOf(action: Action, answer: Answer, { node, prevNode }: Body): Result {
  if (node === undefined) throw new OddAnswer(`${JSON.stringify(action)}: ${answer.text}`);
  if (action.type === 'read') {
    return { type: 'seen', index: Number(answer.headers['x-etcd-index']), version: versionOf(node) };
  }
  const previous = prevNode === undefined ? null : versionOf(prevNode);
  return { type: 'written', key: node.key, index: node.modifiedIndex, previous };
}

function refusalOf(action: Action, { errorCode, cause = '', index = 0 }: Body): Result | undefined {
  if (errorCode === 100) {
    if (action.type === 'read') return { type: 'seen', index, version: undefined };
    if (action.type === 'delete' || action.type === 'compareAndSwap')
      return { type: 'mismatch', index, actual: undefined };
  }
  const actual = /^\[.* != (.*)\]$/.exec(cause)?.[1];
  if (errorCode === 101 && action.type === 'compareAndSwap') return { type: 'mismatch', index, actual };
  return undefined;
}

function versionOf({ value = '', modifiedIndex }: Node): Version {
  return { value, modifiedIndex };
}
