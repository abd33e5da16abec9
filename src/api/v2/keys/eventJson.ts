/** Events as JSON byte strings (spec v2-api section 3): order of the fields, and which are left out. */
import type { KeyEvent, ListingStep, NodeView } from '../../../machine/keyspace/event';
import { jsonPieces, jsonString } from '../../http/json';
import { timestampText } from '../../http/timeText';

/** A socket makes a copy of what it cannot send yet. */
const WATCHED_PIECE_LENGTH = 64 * 1024;

/** How a version of the API writes an event, byte for byte the same in both ways. */
interface EventFormat {
  /** Of a short one. */
  readonly whole: (event: KeyEvent) => string;
  readonly pieces: (event: KeyEvent) => Generator<string, void, undefined>;
}

/** The text of an event that goes to watchers. A long one is made a piece at a time, when the first of them gets there. */
export class EventText {
  /** About how long it is; exactly, if it is short. */
  readonly length: number;
  private readonly pieces: string[] = [];
  private readonly rest: Generator<string, void, undefined> | undefined;

  constructor(event: KeyEvent, format: EventFormat) {
    if (isShort(event)) {
      const json = format.whole(event);
      this.pieces.push(json);
      this.length = json.length;
    } else {
      this.rest = format.pieces(event);
      this.length = (event.node.value?.length ?? 0) + (event.prevNode?.value?.length ?? 0);
    }
  }

  /** Undefined beyond the last one; before `position` each was asked for. */
  piece(position: number): string | undefined {
    if (position >= this.pieces.length) {
      const piece = this.nextPiece();
      if (piece === '') return undefined;
      this.pieces.push(piece);
    }
    return this.pieces[position];
  }

  private nextPiece(): string {
    let piece = '';
    while (piece.length < WATCHED_PIECE_LENGTH) {
      const { value } = this.rest?.next() ?? {};
      if (value === undefined) break;
      piece += value;
    }
    return piece;
  }

  /** All of it, if it is one piece. */
  get whole(): string | undefined {
    return this.rest === undefined ? this.pieces[0] : undefined;
  }
}

/** The body of an answer that lists no children: one line. */
export function eventJson(event: KeyEvent): string {
  const { node, prevNode, nowMs, action } = event;
  const before = prevNode === undefined ? '' : `,"prevNode":${nodeHead(prevNode, nowMs, true)}${nodeTail(prevNode)}`;
  // The node of an expired directory is not marked as one (spec conflicts row 30).
  return `{"action":"${action}","node":${nodeHead(node, nowMs, action !== 'expire')}${nodeTail(node)}${before}}\n`;
}

/** Values up to this length are put into the text as a whole. */
const SHORT_VALUE_LENGTH = 16 * 1024;

/** About how much text is put together before it is handed out. */
const PIECE_LENGTH = 8192;

/** Whether `eventJson` is the body, and short: no children, no long values. */
export function isShort({ node, prevNode, listing }: KeyEvent): boolean {
  return node.nodes === undefined && listing === undefined && hasShortValue(node) && hasShortValue(prevNode);
}

/**
 * The body of any answer, a piece at a time: a listing and a value may be of any length. A piece is some kilobytes, and less than a
 * millisecond of work; an empty one only gives others their turn.
 */
export function* eventPieces(event: KeyEvent): Generator<string, void, undefined> {
  const { node, prevNode, nowMs, action, listing } = event;
  try {
    yield `{"action":"${action}","node":`;
    yield* headPieces(node, nowMs, action !== 'expire');
    if (listing !== undefined) yield* listingPieces(listing, nowMs);
    else if (node.nodes !== undefined) yield* listingPieces(stepsOf(node.nodes), nowMs);
    yield nodeTail(node);
    if (prevNode !== undefined) {
      yield ',"prevNode":';
      yield* headPieces(prevNode, nowMs, true);
      yield nodeTail(prevNode);
    }
    yield '}\n';
  } finally {
    listing?.return();
  }
}

/** Makes texts that are the same for all watchers, however many wait for an event. Each is kept as long as one of them has it. */
export function sharedTexts(format: EventFormat): (event: KeyEvent) => EventText {
  const texts = new WeakMap<KeyEvent, WeakRef<EventText>>();
  return (event) => {
    const known = texts.get(event)?.deref();
    if (known !== undefined) return known;
    const text = new EventText(event, format);
    texts.set(event, new WeakRef(text));
    return text;
  };
}

export const watchedEventText = sharedTexts({ whole: eventJson, pieces: eventPieces });

/** The body with noValueOnSuccess: what was done, not to what. Undefined: reads and deletes are not shortened. */
export function shortEventJson(event: KeyEvent): string | undefined {
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
      return undefined;
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
  return json + lifetime(node, nowMs);
}

function lifetime(node: NodeView, nowMs: number): string {
  if (node.expirationMs === undefined) return '';
  const json = `,"expiration":"${timestampText(node.expirationMs)}"`;
  // Math.ceil rounds up above zero and cuts below it, which is what etcd does.
  const ttlSeconds = Math.ceil((node.expirationMs - nowMs) / 1000);
  return ttlSeconds === 0 ? json : `${json},"ttl":${ttlSeconds}`;
}

/** Everything after `nodes`. The root has no indexes. */
function nodeTail(node: NodeView): string {
  const modified = node.modifiedIndex === 0 ? '' : `,"modifiedIndex":${node.modifiedIndex}`;
  return node.createdIndex === 0 ? `${modified}}` : `${modified},"createdIndex":${node.createdIndex}}`;
}

function hasShortValue(node: NodeView | undefined): boolean {
  return node?.value === undefined || node.value.length <= SHORT_VALUE_LENGTH;
}

/** `nodeHead` of a node whose value may be long. */
function* headPieces(node: NodeView, nowMs: number, showDir: boolean): Generator<string, void, undefined> {
  if (node.value === undefined || hasShortValue(node)) {
    yield nodeHead(node, nowMs, showDir);
    return;
  }
  yield `{"key":${jsonString(node.key)},"value":"`;
  yield* jsonPieces(node.value);
  yield `"${lifetime(node, nowMs)}`;
}

/** The children of a node, with the comma before them; nothing if there are none. */
function* listingPieces(steps: Iterable<ListingStep>, nowMs: number): Generator<string, void, undefined> {
  let text = ',"nodes":[';
  let isFirst = true;
  let isEmpty = true;
  for (const step of steps) {
    switch (step.type) {
      case 'node':
      case 'open':
        isEmpty = false;
        if (!isFirst) text += ',';
        isFirst = step.type === 'open';
        if (hasShortValue(step.view)) {
          text += nodeHead(step.view, nowMs, true);
        } else {
          yield text;
          text = '';
          yield* headPieces(step.view, nowMs, true);
        }
        text += step.type === 'open' ? ',"nodes":[' : nodeTail(step.view);
        break;
      case 'close':
        isFirst = false;
        text += `]${nodeTail(step.view)}`;
        break;
      case 'pause':
        yield '';
    }
    if (text.length < PIECE_LENGTH) continue;
    yield text;
    text = '';
  }
  if (!isEmpty) yield `${text}]`;
}

interface Level {
  readonly nodes: readonly NodeView[];
  /** The next of `nodes`. */
  position: number;
  /** The node that these are the children of; undefined for the outermost. */
  readonly of: NodeView | undefined;
}

/** A listing that was collected already. Walks with a stack of its own: a client can build a tree deeper than the call stack. */
function* stepsOf(nodes: readonly NodeView[]): Generator<ListingStep, void, undefined> {
  const levels: Level[] = [{ nodes, position: 0, of: undefined }];
  for (let level = levels.at(-1); level !== undefined; level = levels.at(-1)) {
    const view = level.nodes[level.position];
    level.position += 1;
    if (view === undefined) {
      if (level.of !== undefined) yield { type: 'close', view: level.of };
      levels.pop();
    } else if (view.nodes === undefined || view.nodes.length === 0) {
      yield { type: 'node', view };
    } else {
      yield { type: 'open', view };
      levels.push({ nodes: view.nodes, position: 0, of: view });
    }
  }
}
