/** What the key API answers, checked: a page trusts no shape that it has not seen. */

export interface KeyNode {
  readonly key: string;
  readonly isDirectory: boolean;
  readonly value: string;
  readonly createdIndex: number;
  readonly modifiedIndex: number;
  /** Milliseconds since 1970, by the clock of the browser; undefined: never. */
  readonly endsAtMs: number | undefined;
}

export interface Listing {
  readonly node: KeyNode;
  readonly children: readonly KeyNode[];
}

export interface KeyEvent {
  readonly action: string;
  readonly node: KeyNode;
}

type Fields = Readonly<Record<string, unknown>>;

function fieldsOf(value: unknown): Fields | undefined {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Fields) : undefined;
}

/** @param nowMs from which a TTL is counted: the clocks of browser and member need not agree */
export function nodeOf(value: unknown, nowMs: number): KeyNode | undefined {
  const fields = fieldsOf(value);
  if (fields === undefined) return undefined;
  const { key = '/', dir, value: text, ttl, createdIndex = 0, modifiedIndex = 0 } = fields;
  if (typeof key !== 'string' || typeof createdIndex !== 'number' || typeof modifiedIndex !== 'number')
    return undefined;
  return {
    key,
    isDirectory: dir === true,
    value: typeof text === 'string' ? text : '',
    createdIndex,
    modifiedIndex,
    endsAtMs: typeof ttl === 'number' ? nowMs + ttl * 1000 : undefined,
  };
}

export function listingOf(body: unknown, nowMs: number): Listing | undefined {
  const raw = fieldsOf(fieldsOf(body)?.['node']);
  const node = nodeOf(raw, nowMs);
  if (raw === undefined || node === undefined) return undefined;
  const { nodes } = raw;
  const children = Array.isArray(nodes) ? nodes.map((child: unknown) => nodeOf(child, nowMs)) : [];
  return { node, children: children.filter((child) => child !== undefined) };
}

export function eventOf(body: unknown, nowMs: number): KeyEvent | undefined {
  const fields = fieldsOf(body);
  const node = nodeOf(fields?.['node'], nowMs);
  const action = fields?.['action'];
  return node === undefined || typeof action !== 'string' ? undefined : { action, node };
}

/** The error of an answer, in the API's own words. */
export interface Refusal {
  readonly status: number;
  /** 0: not one of the numbered errors. */
  readonly code: number;
  readonly text: string;
}

/** Answers of a proxy or a balancer between the page and the members: it heard nothing from one, or knows of none. */
const GATEWAYS = new Set([502, 503, 504]);

/** Whether it is no member's word at all, but of something in between that got none. */
function isSilence({ status, code }: Refusal): boolean {
  return code === 0 && GATEWAYS.has(status);
}

export type Answer =
  | { readonly kind: 'ok'; readonly body: unknown; readonly index: number }
  | { readonly kind: 'refused'; readonly refusal: Refusal; readonly index: number }
  /** No member answered; to a write: it may have been done. */
  | { readonly kind: 'unreachable' };

/** @param index of the store, as the answer says */
export function answerOf(status: number, body: unknown, index: number): Answer {
  if (status >= 200 && status < 300) return { kind: 'ok', body, index };
  const refusal = refusalOf(status, body);
  return isSilence(refusal) ? { kind: 'unreachable' } : { kind: 'refused', refusal, index };
}

/** Whether the member itself does not know whether a write was done: it was lost on the way, or nobody led in time. */
export function isUnknown({ status }: Refusal): boolean {
  return status === 500;
}

export function refusalOf(status: number, body: unknown): Refusal {
  const fields = fieldsOf(body);
  const { errorCode, message, cause } = fields ?? {};
  const words = [message, cause].filter((part) => typeof part === 'string' && part !== '');
  return {
    status,
    code: typeof errorCode === 'number' ? errorCode : 0,
    text: words.length > 0 ? words.join(': ') : `status ${status}`,
  };
}
