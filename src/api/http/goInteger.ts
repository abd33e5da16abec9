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
  const [, sign, digits] = /^([+-]?)([0-9]+)$/.exec(text) ?? [];
  if (digits === undefined) return refuse(text, 'invalid syntax');
  const size = sizeOf(digits);
  if (size === undefined) return refuse(text, 'value out of range');
  const value = sign === '-' ? -size : size;
  return value > INT64_MAX || value < INT64_MIN ? refuse(text, 'value out of range') : { ok: true, value };
}

function refuse(text: string, what: string): GoInteger {
  return { ok: false, complaint: () => `strconv.Atoi: parsing ${goQuote(text)}: ${what}` };
}

/** Decimal digits only, at most 2^64 - 1, as ParseUint does. Leading zeros are fine, however many. */
export function parseUint64(text: string): bigint | undefined {
  const value = /^[0-9]+$/.test(text) ? sizeOf(text) : undefined;
  return value === undefined || value > UINT64_MAX ? undefined : value;
}

/** Beyond what can be counted exactly nothing ever happens, so one such index is as good as another. */
export function indexOf(value: bigint): number {
  return value > BigInt(Number.MAX_SAFE_INTEGER) ? Number.MAX_SAFE_INTEGER : Number(value);
}

/**
 * Zeros in front are looked for by a pattern of their own: within another one they could be taken either way, which takes minutes for a
 * million of them. Undefined: more digits than any number that fits.
 */
function sizeOf(digits: string): bigint | undefined {
  const significant = digits.replace(/^0+(?=[0-9])/, '');
  return significant.length > DIGITS_MAX ? undefined : BigInt(significant);
}
