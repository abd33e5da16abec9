/**
 * How the state machine shows what is to be stored: opaque rows. It owns their bytes; storage owns where they lie.
 *
 * Keys and values of the key space are bytes. Inside the machine they are "byte strings": JavaScript strings whose every
 * character is one byte (0 to 255). They compare, split and sort as bytes do, and V8 keeps them at one byte a character.
 */

/** Which kind of state a row belongs to. `meta` is one row with an empty key. */
export type RowTable = 'node' | 'event' | 'member' | 'meta';

/** One changed row; `value` undefined removes it. `key` is a byte string, and rows of a table sort by its bytes. */
export interface Row {
  readonly table: RowTable;
  readonly key: string;
  readonly value: Uint8Array | undefined;
}
