/**
 * A row's value as it is stored: its checksum in six characters, then the value. The engine's iterators do not verify the
 * checksums of its own blocks, so without this a flipped bit in a table file would become state.
 */
import { checksumSlices, LongText, rowChecksum, type RowTable } from '../machine/rows';
import { corrupt, type StorageError } from './errors';
import { LongValue } from './kv';

export const CHECKSUM_CHARACTERS = 6;

/** Digits are the 64 characters from `0` on: all of them one byte in UTF-8. */
const FIRST_DIGIT = 0x30;

export function encodeRowValue(value: string, checksum: number): string;
export function encodeRowValue(value: string | LongText, checksum: number): string | LongValue;
export function encodeRowValue(value: string | LongText, checksum: number): string | LongValue {
  return typeof value === 'string' ? digits(checksum) + value : new LongValue([digits(checksum), ...value.pieces]);
}

/** The checksum, which is right; the value follows after CHECKSUM_CHARACTERS. Throws StorageError of kind corrupt. */
export function checkRowValue(table: RowTable, key: string, stored: string): number {
  const checksum = storedChecksum(stored);
  if (rowChecksum(table, key, stored, CHECKSUM_CHARACTERS) !== checksum) throw wrongChecksum();
  return checksum;
}

/** The checksum as it is stored. Throws StorageError of kind corrupt if there is none. */
export function storedChecksum(stored: string): number {
  if (stored.length < CHECKSUM_CHARACTERS) throw wrongChecksum();
  return readDigits(stored);
}

/** The same of a long row, a slice at a time. */
export function* checkingRowValue(
  table: RowTable,
  key: string,
  stored: string,
): Generator<undefined, undefined, undefined> {
  const checksum = storedChecksum(stored);
  const found = yield* checksumSlices(table, key, new LongText([stored.slice(CHECKSUM_CHARACTERS)]));
  if (found !== checksum) throw wrongChecksum();
}

function wrongChecksum(): StorageError {
  return corrupt('a row has a wrong checksum');
}

function digits(value: number): string {
  return String.fromCharCode(
    FIRST_DIGIT + (value >>> 30),
    FIRST_DIGIT + ((value >>> 24) & 63),
    FIRST_DIGIT + ((value >>> 18) & 63),
    FIRST_DIGIT + ((value >>> 12) & 63),
    FIRST_DIGIT + ((value >>> 6) & 63),
    FIRST_DIGIT + (value & 63),
  );
}

/** A number that no checksum equals if the digits are none. */
function readDigits(stored: string): number {
  let value = 0;
  for (let at = 0; at < CHECKSUM_CHARACTERS; at += 1) value = value * 64 + (stored.charCodeAt(at) - FIRST_DIGIT);
  return value;
}
