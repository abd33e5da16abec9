/** Ids of members as clients write them. */

const HEXADECIMAL = /^[0-9a-fA-F]+$/;
const DIGITS_MAX = 16;

/**
 * The id as the cluster writes it: lower case without leading zeros. Documents pad ids to 16 digits and programs print them
 * unpadded, so both are taken (spec conflicts, row 43). Undefined if the text is not a hexadecimal number of 64 bits.
 */
export function parseMemberId(text: string): string | undefined {
  if (!HEXADECIMAL.test(text)) return undefined;
  const digits = text.toLowerCase().replace(/^0+(?=.)/, '');
  return digits.length > DIGITS_MAX ? undefined : digits;
}
