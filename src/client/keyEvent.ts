/** Events and nodes of the key API, checked before anybody uses them. */
import type { IncomingHttpHeaders } from 'node:http';
import { isRecord, wholeNumberOf } from './json';

const ACTIONS = [
  ...(['get', 'set', 'create', 'update', 'delete', 'expire'] as const),
  ...(['compareAndSwap', 'compareAndDelete'] as const),
] as const;

/** What was done; a delete whose time had come is `expire`. */
export type Action = (typeof ACTIONS)[number];

export interface KeyNode {
  /** With a leading slash; `/` is the root. */
  readonly key: string;
  readonly dir: boolean;
  /** Undefined for directories, and for what was deleted. */
  readonly value: string | undefined;
  /** 0 if it is not told, as for the root. */
  readonly createdIndex: number;
  /** 0 if it is not told, as for the root. */
  readonly modifiedIndex: number;
  /** Until the node goes away by itself, rounded up; undefined if it stays, or is about to go. */
  readonly ttlSeconds: number | undefined;
  /** When that is: RFC 3339, as the members wrote it. */
  readonly expiration: string | undefined;
  /** What is in a directory, as deep as was asked for; empty for everything else. */
  readonly nodes: readonly KeyNode[];
}

export interface KeyEvent {
  readonly action: Action;
  readonly node: KeyNode;
  /** What was there before. */
  readonly prevNode: KeyNode | undefined;
}

/** What the headers of an answer say. */
export interface StoreIndexes {
  /** X-Etcd-Index: of the store, when this was answered. */
  readonly index: number;
  /** X-Raft-Index and X-Raft-Term; undefined if not told. */
  readonly raftIndex: number | undefined;
  readonly raftTerm: number | undefined;
  /** X-Etcd-Cluster-Id, hexadecimal; undefined if not told. */
  readonly clusterId: string | undefined;
}

/** Deeper than any key is; it ends answers that are made to end the process. */
const DEPTH_MAX = 1000;

/** Undefined if it is no event. */
export function eventOf(body: unknown): KeyEvent | undefined {
  if (!isRecord(body)) return undefined;
  const action = ACTIONS.find((known) => known === body['action']);
  const node = nodeOf(body['node'], 0);
  const prevNode = body['prevNode'] === undefined ? undefined : nodeOf(body['prevNode'], 0);
  if (action === undefined || node === undefined) return undefined;
  if (body['prevNode'] !== undefined && prevNode === undefined) return undefined;
  return { action, node, prevNode };
}

/** The action of an answer that was asked to leave out the node (`noValueOnSuccess`). */
export function bareActionOf(body: unknown): Action | undefined {
  if (!isRecord(body) || body['node'] !== undefined) return undefined;
  return ACTIONS.find((known) => known === body['action']);
}

export function indexesOf(headers: IncomingHttpHeaders): StoreIndexes {
  const clusterId = headers['x-etcd-cluster-id'];
  return {
    index: headerNumber(headers['x-etcd-index']) ?? 0,
    raftIndex: headerNumber(headers['x-raft-index']),
    raftTerm: headerNumber(headers['x-raft-term']),
    clusterId: typeof clusterId === 'string' && /^[0-9a-f]{1,16}$/.test(clusterId) ? clusterId : undefined,
  };
}

function headerNumber(text: string | readonly string[] | undefined): number | undefined {
  return typeof text === 'string' && /^\d{1,16}$/.test(text) ? wholeNumberOf(Number(text)) : undefined;
}

/** Undefined if it is no node; then nothing of the answer is used. */
function nodeOf(body: unknown, depth: number): KeyNode | undefined {
  if (!isRecord(body) || depth > DEPTH_MAX) return undefined;
  const { key = '/', value, dir = false, createdIndex = 0, modifiedIndex = 0, ttl, expiration } = body;
  const isWhole = isText(key) && key.startsWith('/') && isTextOrAbsent(value) && isTextOrAbsent(expiration);
  if (!isWhole || typeof dir !== 'boolean') return undefined;
  const [created, modified] = [wholeNumberOf(createdIndex), wholeNumberOf(modifiedIndex)];
  if (created === undefined || modified === undefined) return undefined;
  if (ttl !== undefined && !Number.isSafeInteger(ttl)) return undefined;
  const nodes = nodesOf(body['nodes'], key, depth);
  if (nodes === undefined) return undefined;
  const ttlSeconds = typeof ttl === 'number' ? ttl : undefined;
  return { key, dir, value, createdIndex: created, modifiedIndex: modified, ttlSeconds, expiration, nodes };
}

/** Undefined if one of them is no node, or stands where it does not belong. */
function nodesOf(body: unknown, parent: string, depth: number): readonly KeyNode[] | undefined {
  if (body === undefined || body === null) return [];
  if (!Array.isArray(body)) return undefined;
  const above = parent === '/' ? '/' : `${parent}/`;
  const nodes: KeyNode[] = [];
  for (const item of body) {
    const node = nodeOf(item, depth + 1);
    if (node === undefined || !node.key.startsWith(above) || node.key.length === above.length) return undefined;
    nodes.push(node);
  }
  return nodes;
}

function isText(value: unknown): value is string {
  return typeof value === 'string';
}

function isTextOrAbsent(value: unknown): value is string | undefined {
  return value === undefined || typeof value === 'string';
}
