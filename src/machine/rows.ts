/**
 * How the state machine shows what is to be stored: opaque rows. It owns their bytes; storage owns where they lie.
 *
 * Keys and values of the key space are bytes. Inside the machine they are "byte strings": JavaScript strings whose every
 * character is one byte (0 to 255). They compare, split and sort as bytes do, and V8 keeps them at one byte a character.
 */

/** Which kind of state a row belongs to. `meta` is one row with an empty key. */
export type RowTable = 'node' | 'event' | 'member' | 'meta';

/** One changed row; `value` undefined removes it. Both are byte strings, and rows of a table sort by the bytes of their keys. */
export interface Row {
  readonly table: RowTable;
  readonly key: string;
  readonly value: string | undefined;
  /** `rowChecksum` of this row, if it is known already. */
  readonly checksum?: number;
}

/**
 * Stored rows of one table with their `rowChecksum`s, in the order of the keys' bytes. Field by field and many at a time,
 * because a million of them pass through a restart, and what is called for each has to be compiled before it is fast.
 */
export interface StoredRows {
  readonly table: RowTable;
  readonly keys: readonly string[];
  readonly values: readonly string[];
  readonly checksums: readonly number[];
}

const SEED_OF_TABLE: Readonly<Record<RowTable, number>> = {
  node: 0x811c9dc5,
  event: 0x1b873593,
  member: 0x27d4eb2f,
  meta: 0x165667b1,
};
const PRIME = 0x01000193;

/**
 * 32 bits of a row, for whoever stores it to find damage, and for the machine to compare trees: both at once, because a
 * million of them are computed at each start. Every step can be undone, so that one wrong byte always gives another result.
 * The value begins at `valueAt` of `text`.
 */
export function rowChecksum(table: RowTable, key: string, text: string, valueAt = 0): number {
  let hash = SEED_OF_TABLE[table] ^ key.length;
  for (let at = 0; at < key.length; at++) hash = Math.imul(hash ^ key.charCodeAt(at), PRIME);
  hash = Math.imul(hash ^ (text.length - valueAt), PRIME);
  for (let at = valueAt; at < text.length; at++) hash = Math.imul(hash ^ text.charCodeAt(at), PRIME);
  return finished(hash);
}

/** A product carries only upwards: without this the last bytes would hardly be heard in the low bits. */
function finished(hash: number): number {
  const mixed = Math.imul(hash ^ (hash >>> 15), 0x2c1b3c6d);
  return (mixed ^ (mixed >>> 13)) >>> 0;
}

const WIDE = /[^\0-\xff]/;

/**
 * For whoever writes byte strings down: of a character above 255 only the low byte would be written, without a word.
 * @throws RangeError
 */
export function refuseWide(value: string): void {
  if (WIDE.test(value)) throw new RangeError('a character above 255 in a byte string: text has to be encoded first');
}
