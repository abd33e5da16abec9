/** Numbers in the parameters of the v1 API, as Go's strconv reads them. */

/** What a set may be asked with, and what a watch. */
export const SET_NAMES: ReadonlySet<string> = new Set(['value', 'prevValue', 'ttl']);
export const WATCH_NAMES: ReadonlySet<string> = new Set(['index']);

const INT64_MAX = 2n ** 63n - 1n;
const DIGITS_MAX = 20;

/** Seconds, which may be negative. Undefined: it is no number of 64 bits. */
export function parseTtl(text: string): number | undefined {
  const [, sign, digits = ''] = /^([+-]?)([0-9]+)$/.exec(text) ?? [];
  const value = numberOf(digits);
  if (value === undefined || value > (sign === '-' ? INT64_MAX + 1n : INT64_MAX)) return undefined;
  return sign === '-' ? -Number(value) : Number(value);
}

/** Beyond what can be counted exactly nothing ever happens, so one such index is as good as another. */
export function parseIndex(text: string): number | undefined {
  const value = /^[0-9]+$/.test(text) ? numberOf(text) : undefined;
  if (value === undefined || value >= 2n ** 64n) return undefined;
  return value > BigInt(Number.MAX_SAFE_INTEGER) ? Number.MAX_SAFE_INTEGER : Number(value);
}

/**
 * Zeros in front are looked for by a pattern of their own: within another one they could be taken either way, which takes minutes for a
 * million of them. Undefined: none, or more than any number has that fits.
 */
function numberOf(digits: string): bigint | undefined {
  const significant = digits.replace(/^0+(?=[0-9])/, '');
  return significant === '' || significant.length > DIGITS_MAX ? undefined : BigInt(significant);
}
