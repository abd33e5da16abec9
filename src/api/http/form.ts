/** Query strings and urlencoded bodies, with the semantics of Go's url.ParseQuery. */
import type { BadEscape } from './percent';
import { decodeFormText, InPlaceDecoding } from './percent';

/** First occurrences by name. A Map, so that no name can reach a prototype. */
export type Form = Map<string, string>;

/** Bodies up to this length are read at once, as queries are; longer ones a slice at a time. */
export const SHORT_FORM_LENGTH = 64 * 1024;

/** Well below a millisecond of work. */
const SLICE_LENGTH = 64 * 1024;

const AMPERSAND = 0x26;
const SEMICOLON = 0x3b;
const EQUALS = 0x3d;

const BAD_SEMICOLON = 'invalid semicolon separator in query';

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
    complaint = addPair(text.slice(start, end), wanted, form, complaint);
    start = end + 1;
  }
  return complaint;
}

/**
 * The same for a body of any length, a slice at a time.
 *
 * @param body is changed: its values are decoded where they lie
 */
export function* formSlices(
  body: Buffer,
  wanted: ReadonlySet<string>,
  form: Form,
): Generator<undefined, string | undefined, undefined> {
  let complaint: string | undefined;
  let worked = 0;
  for (let start = 0; start < body.length;) {
    const ampersand = body.indexOf(AMPERSAND, start);
    const end = ampersand < 0 ? body.length : ampersand;
    if (end - start > SLICE_LENGTH) complaint = yield* addLongPair(body, start, end, wanted, form, complaint);
    else complaint = addPair(body.latin1Slice(start, end), wanted, form, complaint);
    worked += end - start + PAIR_COST;
    start = end + 1;
    if (worked < SLICE_LENGTH) continue;
    worked = 0;
    yield;
  }
  return complaint;
}

/** What a pair costs beside its bytes, in bytes: there may be millions of two. */
const PAIR_COST = 32;

function addPair(
  pair: string,
  wanted: ReadonlySet<string>,
  form: Form,
  complaint: string | undefined,
): string | undefined {
  if (pair === '') return complaint;
  if (pair.includes(';')) return BAD_SEMICOLON;
  const equals = pair.indexOf('=');
  const name = decodeFormText(equals < 0 ? pair : pair.slice(0, equals));
  if (typeof name !== 'string') return complaint ?? describe(name);
  const value = equals < 0 ? '' : decodeFormText(pair.slice(equals + 1));
  if (typeof value !== 'string') return complaint ?? describe(value);
  if (wanted.has(name) && !form.has(name)) form.set(name, value);
  return complaint;
}

function* addLongPair(
  body: Buffer,
  start: number,
  end: number,
  wanted: ReadonlySet<string>,
  form: Form,
  complaint: string | undefined,
): Generator<undefined, string | undefined, undefined> {
  const pair = body.subarray(start, end);
  if (pair.includes(SEMICOLON)) return BAD_SEMICOLON;
  const equals = pair.indexOf(EQUALS);
  const name = yield* decoded(pair, 0, equals < 0 ? pair.length : equals);
  if (typeof name !== 'string') return complaint ?? describe(name);
  const value = equals < 0 ? '' : yield* decoded(pair, equals + 1, pair.length);
  if (typeof value !== 'string') return complaint ?? describe(value);
  if (wanted.has(name) && !form.has(name)) form.set(name, value);
  return complaint;
}

function* decoded(pair: Buffer, from: number, to: number): Generator<undefined, string | BadEscape, undefined> {
  const decoding = InPlaceDecoding.ofForm(pair, from, to);
  while (decoding.goOn(SLICE_LENGTH)) yield;
  return decoding.bad ?? pair.latin1Slice(from, decoding.end);
}

function describe(bad: BadEscape): string {
  return `invalid URL escape "${bad.sequence.replace(/["\\]/g, '\\$&')}"`;
}
