/** Query strings and urlencoded bodies, with the semantics of Go's url.ParseQuery. */
import type { BadEscape } from './percent';
import { decodeFormText } from './percent';

/** First occurrences by name. A Map, so that no name can reach a prototype. */
export type Form = Map<string, string>;

/**
 * Reads `name=value` pairs into `form`. A name that is there already keeps its value, so parsing the body before the query
 * lets the body win. Only `wanted` names are kept, so a body of a million names costs no memory; all are checked.
 *
 * @param text a byte string
 * @returns the complaint of a malformed text in Go's words (the well-formed pairs are in `form` all the same)
 */
export function parseForm(text: string, wanted: ReadonlySet<string>, form: Form): string | undefined {
  let complaint: string | undefined;
  for (let start = 0; start < text.length;) {
    const ampersand = text.indexOf('&', start);
    const end = ampersand < 0 ? text.length : ampersand;
    const pair = text.slice(start, end);
    start = end + 1;
    if (pair === '') continue;
    if (pair.includes(';')) complaint = 'invalid semicolon separator in query';
    else complaint = addPair(pair, wanted, form, complaint);
  }
  return complaint;
}

function addPair(
  pair: string,
  wanted: ReadonlySet<string>,
  form: Form,
  complaint: string | undefined,
): string | undefined {
  const equals = pair.indexOf('=');
  const name = decodeFormText(equals < 0 ? pair : pair.slice(0, equals));
  if (typeof name !== 'string') return complaint ?? describe(name);
  const value = equals < 0 ? '' : decodeFormText(pair.slice(equals + 1));
  if (typeof value !== 'string') return complaint ?? describe(value);
  if (wanted.has(name) && !form.has(name)) form.set(name, value);
  return complaint;
}

function describe(bad: BadEscape): string {
  return `invalid URL escape "${bad.sequence.replace(/["\\]/g, '\\$&')}"`;
}
