/** Whole numbers as Go's strconv.Atoi reads them. */
import { goQuote } from '../v2/members/goUrl';

export type GoInteger =
  | { readonly ok: true; readonly value: bigint }
  /** `complaint` is Go's error text. */
  | { readonly ok: false; readonly complaint: string };

const INT64_MAX = 2n ** 63n - 1n;
const INT64_MIN = -(2n ** 63n);

/** Longer than any number that fits, leading zeros aside. */
const DIGITS_MAX = 20;

/** @param text a byte string */
export function parseGoInteger(text: string): GoInteger {
  const [, sign, written] = /^([+-]?)([0-9]+)$/.exec(text) ?? [];
  if (written === undefined) return refuse(text, 'invalid syntax');
  // By a pattern of its own: within the one above zeros could be taken either way, which takes minutes for a million of them.
  const digits = written.replace(/^0+(?=[0-9])/, '');
  if (digits.length > DIGITS_MAX) return refuse(text, 'value out of range');
  const value = sign === '-' ? -BigInt(digits) : BigInt(digits);
  return value > INT64_MAX || value < INT64_MIN ? refuse(text, 'value out of range') : { ok: true, value };
}

function refuse(text: string, what: string): GoInteger {
  return { ok: false, complaint: `strconv.Atoi: parsing ${goQuote(text)}: ${what}` };
}
