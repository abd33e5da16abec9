/** What a member answers to a request for keys. */
import type { PlainAnswer } from '../../platform/plainRequest';
import { isRecord, textOf } from '../../client/json';
import { EtcdError, UnreadableAnswerError } from './failures';
import { parseJson } from './memberAnswers';

export interface EtcdNode {
  readonly key: string;
  readonly isDir: boolean;
  readonly value: string;
  /** Undefined: none were named. */
  readonly nodes: readonly EtcdNode[] | undefined;
  readonly createdIndex: number;
  readonly modifiedIndex: number;
  /** RFC 3339. */
  readonly expiration: string | undefined;
  /** Seconds. */
  readonly ttl: number;
}

export interface KeyAnswer {
  /** get, set, create, update, delete, expire, compareAndSwap or compareAndDelete. */
  readonly action: string;
  readonly node: EtcdNode;
  readonly prevNode: EtcdNode | undefined;
  /** Of the headers; 0 where they do not say. */
  readonly etcdIndex: number;
  readonly raftIndex: number;
  readonly raftTerm: number;
}

/** @throws EtcdError for a no, UnreadableAnswerError */
export function parseKeyAnswer({ status, headers, text }: PlainAnswer): KeyAnswer {
  const isGood = status === 200 || status === 201;
  // Only what is good may be empty: a wait that its member ended.
  if (!isGood && text === '') throw new UnreadableAnswerError();
  const body = parseJson(text);
  if (!isRecord(body)) throw new UnreadableAnswerError();
  if (!isGood) throw etcdErrorOf(body);
  const { action, node, prevNode } = body;
  if (typeof action !== 'string') throw new UnreadableAnswerError();
  return {
    action,
    node: nodeOf(node, 0),
    prevNode: prevNode === undefined || prevNode === null ? undefined : nodeOf(prevNode, 0),
    etcdIndex: numberIn(headers['x-etcd-index']),
    raftIndex: numberIn(headers['x-raft-index']),
    raftTerm: numberIn(headers['x-raft-term']),
  };
}

function etcdErrorOf(body: Readonly<Record<string, unknown>>): EtcdError {
  const { errorCode, message, cause, index } = body;
  return new EtcdError(wholeNumber(errorCode), textOf(message) ?? '', textOf(cause) ?? '', wholeNumber(index));
}

/** Nobody has keys with so many slashes, and what is deeper would overflow the stack. */
const DEPTH_MAX = 1000;

function nodeOf(value: unknown, depth: number): EtcdNode {
  if (!isRecord(value) || depth > DEPTH_MAX) throw new UnreadableAnswerError();
  const { nodes } = value;
  return {
    key: textOf(value['key']) ?? '',
    isDir: value['dir'] === true,
    value: textOf(value['value']) ?? '',
    nodes: Array.isArray(nodes) ? nodes.map((node) => nodeOf(node, depth + 1)) : undefined,
    createdIndex: wholeNumber(value['createdIndex']),
    modifiedIndex: wholeNumber(value['modifiedIndex']),
    expiration: textOf(value['expiration']),
    ttl: wholeNumber(value['ttl']),
  };
}

function wholeNumber(value: unknown): number {
  return typeof value === 'number' && Number.isInteger(value) ? value : 0;
}

function numberIn(header: string | readonly string[] | undefined): number {
  return typeof header === 'string' && /^\d{1,16}$/.test(header) ? Number(header) : 0;
}
