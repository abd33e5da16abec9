/** Whole numbers as Go's strconv reads them. */
import { goQuote } from '../v2/members/goUrl';

export type GoInteger =
  | { readonly ok: true; readonly value: bigint }
  /** Go's error text. It quotes the whole of what was read, which may be megabytes: only for who shows it, and takes no such texts. */
  | { readonly ok: false; readonly complaint: () => string };

const INT64_MAX = 2n ** 63n - 1n;
const INT64_MIN = -(2n ** 63n);
const UINT64_MAX = 2n ** 64n - 1n;

/** Longer than any number that fits, leading zeros aside. */
const DIGITS_MAX = 20;

/** As Atoi does. @param text a byte string */
export function parseGoInteger(text: string): GoInteger {
  const digitsFrom = text.startsWith('+') || text.startsWith('-') ? 1 : 0;
  if (!areDigits(text, digitsFrom)) return refuse(text, 'invalid syntax');
  const size = sizeOf(text, digitsFrom);
  if (size === undefined) return refuse(text, 'value out of range');
  const value = text.startsWith('-') ? -size : size;
  return value > INT64_MAX || value < INT64_MIN ? refuse(text, 'value out of range') : { ok: true, value };
}

function refuse(text: string, what: string): GoInteger {
  return { ok: false, complaint: () => `strconv.Atoi: parsing ${goQuote(text)}: ${what}` };
}

/** Decimal digits only, at most 2^64 - 1, as ParseUint does. Leading zeros are fine, however many. */
export function parseUint64(text: string): bigint | undefined {
  const value = areDigits(text, 0) ? sizeOf(text, 0) : undefined;
  return value === undefined || value > UINT64_MAX ? undefined : value;
}

/** Beyond what can be counted exactly nothing ever happens, so one such index is as good as another. */
export function indexOf(value: bigint): number {
  return value > BigInt(Number.MAX_SAFE_INTEGER) ? Number.MAX_SAFE_INTEGER : Number(value);
}

const [CODE_OF_0, CODE_OF_9] = [0x30, 0x39];

/** Whether all of it, and at least one, are digits from there on. No pattern: for one of megabytes it may need more stack than there is. */
function areDigits(text: string, from: number): boolean {
  for (let at = from; at < text.length; at++) {
    const code = text.charCodeAt(at);
    if (code < CODE_OF_0 || code > CODE_OF_9) return false;
  }
  return from < text.length;
}

/** Of what are digits from there on. Undefined: more than any number that fits has, zeros in front aside. */
function sizeOf(text: string, from: number): bigint | undefined {
  let at = from;
  while (at < text.length - 1 && text.charCodeAt(at) === CODE_OF_0) at++;
  return text.length - at > DIGITS_MAX ? undefined : BigInt(text.slice(at));
}
