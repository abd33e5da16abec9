/** What a save, a creation or a deletion asks of the API, so that nobody's change is overwritten unseen. */
import type { KeyNode } from './answers';
import { keyUrl } from './paths';

/** The TTL that a save leaves the key with. */
export type Ttl =
  { readonly kind: 'keep' } | { readonly kind: 'none' } | { readonly kind: 'seconds'; readonly seconds: number };

/** An edit, begun from the state of a key that the operator saw. */
export interface Draft {
  readonly base: KeyNode;
  readonly value: string;
  readonly ttl: Ttl;
}

export interface KeyRequest {
  readonly method: 'GET' | 'PUT' | 'DELETE';
  readonly key: string;
  readonly query: Readonly<Record<string, string>>;
  readonly form: Readonly<Record<string, string>>;
}

export const TEST_FAILED = 101;
export const NOT_FOUND = 100;
export const EXISTS = 105;

export function draftOf(base: KeyNode): Draft {
  return { base, value: base.value, ttl: { kind: base.endsAtMs === undefined ? 'none' : 'keep' } };
}

export function isEdited({ base, value, ttl }: Draft): boolean {
  return value !== base.value || ttl.kind !== draftOf(base).ttl.kind;
}

/** As a text field has it, which knows but one line end. */
export function fieldText(value: string): string {
  return value.replace(/\r\n?/g, '\n');
}

/** The line end of all lines of a value; undefined: it has several, and a text field would make one of them. */
function lineEndOf(value: string): '\n' | '\r\n' | undefined {
  if (!value.includes('\r')) return '\n';
  return /[\r\n]/.test(value.replaceAll('\r\n', '')) ? undefined : '\r\n';
}

/** Whether only what is typed would change, if a value were edited in a text field. */
export function isTypable(value: string): boolean {
  return lineEndOf(value) !== undefined;
}

/** @param text of the field; its lines end as those of the value that it was made of. Nothing is typed into one that is not typable. */
export function typed(draft: Draft, text: string): Draft {
  const lineEnd = lineEndOf(draft.base.value);
  return lineEnd === undefined ? draft : { ...draft, value: fieldText(text).replaceAll('\n', lineEnd) };
}

/** After a save: what was typed since it began is kept, as an edit of what the save has stored. */
export function afterSave(draft: Draft, saved: Draft, stored: KeyNode): Draft {
  const { value, ttl } = draftOf(stored);
  return {
    base: stored,
    value: draft.value === saved.value ? value : draft.value,
    ttl: draft.ttl === saved.ttl ? ttl : draft.ttl,
  };
}

/** Stored only if the key is still as it was seen. A PUT without a TTL ends the one there is, so the rest of it is sent again. */
export function saveRequest({ base, value, ttl }: Draft, nowMs: number): KeyRequest {
  const form: Record<string, string> = { value, prevIndex: String(base.modifiedIndex) };
  const seconds = secondsOf(ttl, base, nowMs);
  if (seconds !== undefined) form['ttl'] = String(seconds);
  return { method: 'PUT', key: base.key, query: {}, form };
}

function secondsOf(ttl: Ttl, base: KeyNode, nowMs: number): number | undefined {
  switch (ttl.kind) {
    case 'none':
      return undefined;
    case 'seconds':
      return ttl.seconds;
    case 'keep':
      return base.endsAtMs === undefined ? undefined : Math.max(1, Math.ceil((base.endsAtMs - nowMs) / 1000));
  }
}

/** Refused if it is there already. `seconds` undefined: it never ends. */
export function createRequest(
  key: string,
  isDirectory: boolean,
  value: string,
  seconds: number | undefined,
): KeyRequest {
  const form: Record<string, string> = isDirectory ? { dir: 'true' } : { value };
  form['prevExist'] = 'false';
  if (seconds !== undefined) form['ttl'] = String(seconds);
  return { method: 'PUT', key, query: {}, form };
}

/** A key only as it was seen; of a directory the API compares nothing, so that has to be asked before. */
export function deleteRequest({ key, isDirectory, modifiedIndex }: KeyNode): KeyRequest {
  const query = isDirectory ? { recursive: 'true' } : { prevIndex: String(modifiedIndex) };
  return { method: 'DELETE', key, query: query, form: {} };
}

export function readRequest(key: string): KeyRequest {
  return { method: 'GET', key, query: {}, form: {} };
}

export function urlOf({ key, query }: KeyRequest): string {
  const pairs = new URLSearchParams(query).toString();
  return pairs === '' ? keyUrl(key) : `${keyUrl(key)}?${pairs}`;
}

/** A TTL that was typed, in seconds; undefined: none; 'bad': no whole number from 1 on. */
export function typedTtl(text: string): number | undefined | 'bad' {
  const trimmed = text.trim();
  if (trimmed === '') return undefined;
  const seconds = Number(trimmed);
  return Number.isSafeInteger(seconds) && seconds > 0 ? seconds : 'bad';
}
