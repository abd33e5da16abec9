/**
 * How the state machine shows what is to be stored: opaque rows. It owns their bytes; storage owns where they lie.
 *
 * Keys and values of the key space are bytes. Inside the machine they are byte strings (bytes/byteStrings.ts).
 */

/**
 * The tables of rows, one entry each. `letter` begins their keys where they are stored or sent, so it decides their order; `seed`
 * begins the checksums of their rows. Neither is ever changed or used again. The row of `meta` with an empty key says which
 * level all others are of. What came with a later level is in `meta` too, behind it (auth/authRows.ts): there a program that is too
 * old for it reads first that it is.
 */
export const ROW_TABLES = {
  node: { letter: 'n', seed: 0x811c9dc5 },
  event: { letter: 'e', seed: 0x1b873593 },
  member: { letter: 'm', seed: 0x27d4eb2f },
  meta: { letter: 't', seed: 0x165667b1 },
} as const satisfies Readonly<Record<string, { readonly letter: string; readonly seed: number }>>;

/** Which kind of state a row belongs to. */
export type RowTable = keyof typeof ROW_TABLES;

/** Byte strings from this length on are not put together with others: that would copy them. */
export const LONG_TEXT_LENGTH = 64 * 1024;

/** A long byte string in pieces that are read one after the other. */
export class LongText {
  readonly length: number;

  constructor(readonly pieces: readonly string[]) {
    this.length = pieces.reduce((sum, { length }) => sum + length, 0);
  }

  toString(): string {
    return this.pieces.join('');
  }
}

/** One changed row; `value` undefined removes it. Both are byte strings, and rows of a table sort by the bytes of their keys. */
export interface Row {
  readonly table: RowTable;
  readonly key: string;
  readonly value: string | LongText | undefined;
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

const PRIME = 0x01000193;

/**
 * 32 bits of a row, for whoever stores it to find damage, and for the machine to compare trees: both at once, because a
 * million of them are computed at each start. Every step can be undone, so that one wrong byte always gives another result.
 * The value begins at `valueAt` of `text`.
 */
export function rowChecksum(table: RowTable, key: string, text: string | LongText, valueAt = 0): number {
  if (typeof text !== 'string') return lastOf(checksumSlices(table, key, text));
  return finished(addToHash(headHash(table, key, text.length - valueAt), text, valueAt, text.length));
}

/** Well below a millisecond's work. */
const HASHED_A_SLICE = 256 * 1024;

/** The same of a long text, a slice at a time. */
export function* checksumSlices(
  table: RowTable,
  key: string,
  { pieces, length }: LongText,
): Generator<undefined, number, undefined> {
  let hash = headHash(table, key, length);
  for (const piece of pieces) {
    for (let from = 0; from < piece.length; from += HASHED_A_SLICE) {
      if (from > 0) yield;
      hash = addToHash(hash, piece, from, Math.min(piece.length, from + HASHED_A_SLICE));
    }
  }
  return finished(hash);
}

function lastOf(slices: Generator<undefined, number, undefined>): number {
  for (;;) {
    const { done, value } = slices.next();
    if (done === true) return value;
  }
}

function headHash(table: RowTable, key: string, length: number): number {
  const hash = addToHash(ROW_TABLES[table].seed ^ key.length, key, 0, key.length);
  return Math.imul(hash ^ length, PRIME);
}

function addToHash(before: number, text: string, from: number, to: number): number {
  let hash = before;
  for (let at = from; at < to; at++) hash = Math.imul(hash ^ text.charCodeAt(at), PRIME);
  return hash;
}

/** A product carries only upwards: without this the last bytes would hardly be heard in the low bits. */
function finished(hash: number): number {
  const mixed = Math.imul(hash ^ (hash >>> 15), 0x2c1b3c6d);
  return (mixed ^ (mixed >>> 13)) >>> 0;
}
