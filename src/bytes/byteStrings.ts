/**
 * Byte strings: JavaScript strings whose every character is one byte (0 to 255). They compare, split and sort as bytes do, and V8
 * keeps them at one byte a character.
 */

const WIDE = /[^\0-\xff]/;

/**
 * For whoever writes byte strings down: of a character above 255 only the low byte would be written, without a word.
 * @throws RangeError
 */
export function refuseWide(value: string): void {
  if (WIDE.test(value)) throw new RangeError('a character above 255 in a byte string: text has to be encoded first');
}

/** The UTF-8 of a text, as a byte string. Half a surrogate pair becomes U+FFFD. */
export function byteString(text: string): string {
  return Buffer.from(text, 'utf8').latin1Slice();
}
