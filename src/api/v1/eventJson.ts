/** Events and nodes as the v1 API shows them: flat, with actions in capitals (spec v0-api section 2, conflicts rows 20 and 26). */
import type { Action, KeyEvent, ListingStep, NodeView } from '../../machine/keyspace/event';
import { jsonPieces, jsonString } from '../http/json';
import { timestampText } from '../http/timeText';
import { sharedTexts } from '../v2/keys/eventJson';

type V1Action = 'GET' | 'SET' | 'DELETE';

function actionOf(action: Action): V1Action {
  switch (action) {
    case 'get':
      return 'GET';
    case 'set':
    case 'create':
    case 'update':
    case 'compareAndSwap':
      return 'SET';
    case 'delete':
    case 'compareAndDelete':
    case 'expire':
      return 'DELETE';
  }
}

/**
 * What was done, or what a watch saw; a piece at a time, since values may be long. No newline at its end.
 *
 * @param showsPrevious false: whether there was something before is not said
 */
export function* changePieces(event: KeyEvent, showsPrevious = true): Generator<string, void, undefined> {
  const { node, prevNode, nowMs } = event;
  const action = actionOf(event.action);
  yield head(action, node.key, node.dir);
  if (prevNode?.value !== undefined) yield* textPieces('prevValue', prevNode.value);
  if (action === 'SET' && node.value !== undefined) yield* textPieces('value', node.value);
  const isNew = showsPrevious && action === 'SET' && prevNode === undefined;
  // What ended by itself says when that was.
  const expirationMs = event.action === 'expire' ? prevNode?.expirationMs : node.expirationMs;
  const life = action === 'DELETE' ? expirationText(expirationMs) : lifeText(expirationMs, nowMs);
  yield `${isNew ? ',"newKey":true' : ''}${life},"index":${node.modifiedIndex}}`;
}

const watchedText = sharedTexts({
  whole: (event) => [...changePieces(event)].join(''),
  pieces: (event) => changePieces(event),
});

/** What a watch saw, formatted once for all who watch. A long one is not begun before others had their turn: thousands may wait for it. */
export function* watchedPieces(event: KeyEvent): Generator<string, void, undefined> {
  const text = watchedText(event);
  if (text.whole === undefined) yield '';
  for (let position = 0; ; position++) {
    const piece = text.piece(position);
    if (piece === undefined) return;
    yield piece;
  }
}

/** A key that is no directory, as it is now. */
export function* filePieces(event: KeyEvent): Generator<string, void, undefined> {
  yield* nodePieces(event.node, event.nowMs, event.etcdIndex);
}

/** What is in a directory, one level of it, without hidden keys. */
export function* listPieces({ node, nowMs, etcdIndex, listing }: KeyEvent): Generator<string, void, undefined> {
  try {
    yield '[';
    let isFirst = true;
    for (const child of listing === undefined ? (node.nodes ?? []) : childrenOf(listing)) {
      if (child === undefined) {
        yield '';
        continue;
      }
      if (!isFirst) yield ',';
      isFirst = false;
      yield* nodePieces(child, nowMs, etcdIndex);
    }
    yield ']';
  } finally {
    listing?.return();
  }
}

/** Undefined where others are to have their turn. */
function* childrenOf(
  listing: Generator<ListingStep, void, undefined>,
): Generator<NodeView | undefined, void, undefined> {
  for (const step of listing) {
    if (step.type === 'pause') yield undefined;
    else if (step.type === 'node') yield step.view;
  }
}

function* nodePieces(node: NodeView, nowMs: number, index: number): Generator<string, void, undefined> {
  yield head('GET', node.key, node.dir);
  if (node.value !== undefined) yield* textPieces('value', node.value);
  yield `${lifeText(node.expirationMs, nowMs)},"index":${index}}`;
}

function head(action: V1Action, key: string, dir: boolean): string {
  return `{"action":"${action}","key":${jsonString(key)}${dir ? ',"dir":true' : ''}`;
}

function* textPieces(name: string, text: string): Generator<string, void, undefined> {
  yield `,"${name}":"`;
  yield* jsonPieces(text);
  yield '"';
}

function lifeText(expirationMs: number | undefined, nowMs: number): string {
  if (expirationMs === undefined) return '';
  // Whole seconds that are left for certain: of 5, which have begun to pass, 4 (conflicts row 26).
  const ttl = Math.max(0, Math.ceil((expirationMs - nowMs) / 1000) - 1);
  return `${expirationText(expirationMs)},"ttl":${ttl}`;
}

function expirationText(expirationMs: number | undefined): string {
  return expirationMs === undefined ? '' : `,"expiration":"${timestampText(expirationMs)}"`;
}
