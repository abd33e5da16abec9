/** Events as JSON byte strings (spec v2-api section 3): order of the fields, and which are left out. */
import type { KeyEvent, NodeView } from '../../../machine/keyspace/event';
import { jsonString } from '../../http/json';
import { timestampText } from '../../http/timeText';

/** Texts of events that watchers got, so that one event is formatted once however many wait for it. */
const watched = new WeakMap<KeyEvent, string>();

/** The body of an answer: one line. */
export function eventJson(event: KeyEvent): string {
  const prevNode = event.prevNode === undefined ? '' : `,"prevNode":${nodeJson(event.prevNode, event.nowMs, true)}`;
  // The node of an expired directory is not marked as one (spec conflicts row 30).
  const node = nodeJson(event.node, event.nowMs, event.action !== 'expire');
  return `{"action":"${event.action}","node":${node}${prevNode}}\n`;
}

/** The same for an event that goes to watchers. */
export function watchedEventJson(event: KeyEvent): string {
  const known = watched.get(event);
  if (known !== undefined) return known;
  const json = eventJson(event);
  watched.set(event, json);
  return json;
}

/** The body with noValueOnSuccess: what was done, not to what. Reads and deletes are not shortened. */
export function shortEventJson(event: KeyEvent): string {
  switch (event.action) {
    case 'set':
    case 'create':
    case 'update':
    case 'compareAndSwap':
      return `{"action":"${event.action}"}\n`;
    case 'get':
    case 'delete':
    case 'compareAndDelete':
    case 'expire':
      return eventJson(event);
  }
}

/** 201 for what was not there before, else 200. */
export function eventStatus(event: KeyEvent): number {
  return event.action === 'create' || (event.action === 'set' && event.prevNode === undefined) ? 201 : 200;
}

function nodeJson(node: NodeView, nowMs: number, showDir: boolean): string {
  const head = nodeHead(node, nowMs, showDir);
  const children = node.nodes === undefined ? '' : childrenJson(node.nodes, nowMs);
  return head + children + nodeTail(node);
}

/** Everything before `nodes`, from the opening brace on. */
function nodeHead(node: NodeView, nowMs: number, showDir: boolean): string {
  let json = `{"key":${jsonString(node.key)}`;
  if (node.value !== undefined) json += `,"value":${jsonString(node.value)}`;
  if (node.dir && showDir) json += ',"dir":true';
  if (node.expirationMs === undefined) return json;
  json += `,"expiration":"${timestampText(node.expirationMs)}"`;
  // Math.ceil rounds up above zero and cuts below it, which is what etcd does.
  const ttlSeconds = Math.ceil((node.expirationMs - nowMs) / 1000);
  return ttlSeconds === 0 ? json : `${json},"ttl":${ttlSeconds}`;
}

/** Everything after `nodes`. The root has no indexes. */
function nodeTail(node: NodeView): string {
  const modified = node.modifiedIndex === 0 ? '' : `,"modifiedIndex":${node.modifiedIndex}`;
  return node.createdIndex === 0 ? `${modified}}` : `${modified},"createdIndex":${node.createdIndex}}`;
}

interface Level {
  readonly nodes: readonly NodeView[];
  /** The next of `nodes` to be written. */
  position: number;
  /** What closes the node that these are the children of; empty for the outermost. */
  readonly tail: string;
}

/** Walks with a stack of its own: a client can build a tree deeper than the call stack. */
function childrenJson(nodes: readonly NodeView[], nowMs: number): string {
  if (nodes.length === 0) return '';
  const levels: Level[] = [{ nodes, position: 0, tail: '' }];
  let json = ',"nodes":[';
  for (let level = levels.at(-1); level !== undefined; level = levels.at(-1)) {
    const node = level.nodes[level.position];
    if (node === undefined) {
      json += `]${level.tail}`;
      levels.pop();
      continue;
    }
    json += (level.position === 0 ? '' : ',') + nodeHead(node, nowMs, true);
    level.position += 1;
    if (node.nodes === undefined || node.nodes.length === 0) {
      json += nodeTail(node);
    } else {
      json += ',"nodes":[';
      levels.push({ nodes: node.nodes, position: 0, tail: nodeTail(node) });
    }
  }
  return json;
}
