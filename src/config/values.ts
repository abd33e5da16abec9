import { parseBoolean } from './booleans';
import type { Kind } from './options/types';
import { failure, success } from './result';
import type { Result } from './result';
import { enumerate, listItems, quote } from './text';
import { parseEndpoints } from './urls';
import type { Endpoint } from './urls';

/** The kinds whose text means something without looking at other options. */
export type PlainKind = Exclude<Kind, { readonly type: 'cluster' }>;

export type PlainValue = string | number | boolean | readonly string[] | readonly Endpoint[];

const WHOLE_NUMBER = /^-?\d{1,30}$/;

/** Parses the text of one option. The message of a failure is a sentence without the option's name. */
export function parseValue(kind: PlainKind, text: string): Result<PlainValue> {
  switch (kind.type) {
    case 'string':
      return isUsable(kind, text) ? success(text) : failure(`${quote(text)} is not usable; ${kind.expected}`);
    case 'integer':
    case 'duration':
      return parseWholeNumber(kind, text);
    case 'boolean':
      return parseBoolean(text);
    case 'enum':
      return parseEnum(kind, text);
    case 'urls':
      return kind.mayBeEmpty === true && text.trim() === '' ? success([]) : parseEndpoints(text, kind.use);
    case 'strings':
      return parseStrings(kind, text);
  }
}

function isUsable(kind: Extract<Kind, { readonly type: 'string' }>, text: string): boolean {
  return kind.matches.test(text) && Buffer.byteLength(text, 'utf8') <= (kind.bytesMax ?? Number.POSITIVE_INFINITY);
}

function parseEnum(kind: Extract<Kind, { readonly type: 'enum' }>, text: string): Result<string> {
  const value = kind.anyCase === true ? text.toLowerCase() : text;
  if (kind.values.includes(value)) return success(value);
  return failure(`${quote(text)} is not one of its values; write ${enumerate(shownWords(kind.values), 'or')}`);
}

/** An empty word is there to be left out. */
export function shownWords(values: readonly string[]): string[] {
  return values.filter((word) => word !== '');
}

type NumberKind = Extract<Kind, { readonly type: 'integer' | 'duration' }>;

function parseWholeNumber(kind: NumberKind, text: string): Result<number> {
  const range = `${kind.minimum} to ${kind.maximum}${unitOf(kind)}`;
  if (!WHOLE_NUMBER.test(text)) return failure(`${quote(text)} is not a whole number; give ${range}`);
  const value = Number(text);
  if (value < kind.minimum || value > kind.maximum) return failure(`${text} is out of range; give ${range}`);
  return success(value);
}

/** The unit of a number with a blank before it, or nothing for a plain count. */
export function unitOf(kind: NumberKind): string {
  if (kind.type === 'duration') return ' ms';
  return kind.unit === 'bytes' ? ' bytes' : '';
}

function parseStrings(kind: Extract<Kind, { readonly type: 'strings' }>, text: string): Result<readonly string[]> {
  const items = listItems(text);
  const wrong = items.find((item) => !kind.matches.test(item));
  if (wrong !== undefined) return failure(`${quote(wrong)} is not usable; ${kind.expected}`);
  const fault = items.map((item) => kind.faultOf?.(item)).find((each) => each !== undefined);
  return fault === undefined ? success(items) : failure(fault);
}
