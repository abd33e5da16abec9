/** Indexes and times in rows: eight digits of six bits, so that a row is text and numbers are of one width. */
import { DecodeError } from '../bytes';

export const NUMBER_CHARACTERS = 8;

const HALF_RANGE = 2 ** 24;
/** Digits are the 64 characters from `0` on: all of them one byte in UTF-8. */
const FIRST_DIGIT = 0x30;

/** An unsigned integer below 2^48. */
export function numberText(value: number): string {
  return halfText(Math.floor(value / HALF_RANGE)) + halfText(value % HALF_RANGE);
}

function halfText(half: number): string {
  return String.fromCharCode(
    FIRST_DIGIT + ((half >>> 18) & 63),
    FIRST_DIGIT + ((half >>> 12) & 63),
    FIRST_DIGIT + ((half >>> 6) & 63),
    FIRST_DIGIT + (half & 63),
  );
}

/** @throws DecodeError where there is no number */
export function readNumber(text: string, at: number): number {
  let value = 0;
  let digits = 0;
  for (let offset = at; offset < at + NUMBER_CHARACTERS; offset += 1) {
    const digit = text.charCodeAt(offset) - FIRST_DIGIT;
    digits |= digit;
    value = value * 64 + digit;
  }
  // One digit that is none, or negative, leaves its mark in the bits of all of them. Behind the end of the text there are none.
  if (digits >>> 6 !== 0 || text.length < at + NUMBER_CHARACTERS) {
    throw new DecodeError(`a number of a row has no digit at ${at}`);
  }
  return value;
}
