/** Events as JSON byte strings (spec v2-api section 3): order of the fields, and which are left out. */
import type { KeyEvent, NodeView } from '../../../machine/keyspace/event';
import { jsonString } from '../../http/json';
import { LongText } from '../../http/longText';
import { timestampText } from '../../http/timeText';

/** Texts of events that watchers got, so that one event is formatted once however many wait for it. */
const watched = new WeakMap<KeyEvent, string>();

/** The body of an answer that lists no children: one line. */
export function eventJson(event: KeyEvent): string {
  const { node, prevNode, nowMs, action } = event;
  const before = prevNode === undefined ? '' : `,"prevNode":${nodeHead(prevNode, nowMs, true)}${nodeTail(prevNode)}`;
  // The node of an expired directory is not marked as one (spec conflicts row 30).
  return `{"action":"${action}","node":${nodeHead(node, nowMs, action !== 'expire')}${nodeTail(node)}${before}}\n`;
}

/** The body of an answer, which may be a listing of any length; only reads list children. */
export function eventBody(event: KeyEvent): string | Buffer {
  const { node, nowMs, action } = event;
  if (node.nodes === undefined) return eventJson(event);
  const body = new LongText();
  body.add(`{"action":"${action}","node":${nodeHead(node, nowMs, true)}`);
  addChildren(body, node.nodes, nowMs);
  body.add(`${nodeTail(node)}}\n`);
  return body.take();
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
export function shortEventJson(event: KeyEvent): string | Buffer {
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
      return eventBody(event);
  }
}

/** 201 for what was not there before, else 200. */
export function eventStatus(event: KeyEvent): number {
  return event.action === 'create' || (event.action === 'set' && event.prevNode === undefined) ? 201 : 200;
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
function addChildren(body: LongText, nodes: readonly NodeView[], nowMs: number): void {
  if (nodes.length === 0) return;
  const levels: Level[] = [{ nodes, position: 0, tail: '' }];
  body.add(',"nodes":[');
  for (let level = levels.at(-1); level !== undefined; level = levels.at(-1)) {
    const node = level.nodes[level.position];
    if (node === undefined) {
      body.add(`]${level.tail}`);
      levels.pop();
      continue;
    }
    const head = (level.position === 0 ? '' : ',') + nodeHead(node, nowMs, true);
    level.position += 1;
    if (node.nodes === undefined || node.nodes.length === 0) {
      body.add(head + nodeTail(node));
    } else {
      body.add(`${head},"nodes":[`);
      levels.push({ nodes: node.nodes, position: 0, tail: nodeTail(node) });
    }
  }
}
