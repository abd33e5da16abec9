/**
 * Where everything lies. The first byte of a key names its table:
 *
 * | key                                        | value                                                        | codec        |
 * | ------------------------------------------ | ------------------------------------------------------------ | ------------ |
 * | `a`                                        | peer URLs that the last start advertised                     | advertisedNote |
 * | `b`                                        | incarnations: of this directory, and of the founders it heard of | witnessNote |
 * | `c`                                        | this start of the flag --force-new-cluster was carried out   | recordCodec  |
 * | `d`                                        | what this member told a discovery service                    | registrationNote |
 * | `e`                                        | the cluster from which it began to remove itself, to come back | returnNote |
 * | `f`                                        | format version of everything below                           | recordCodec  |
 * | `g`                                        | the generation of the rows that count                        | recordCodec  |
 * | `h`                                        | hard state: term, vote, commit                               | recordCodec  |
 * | `i`                                        | identity: member id, cluster id                              | recordCodec  |
 * | `l` index (u64)                            | one log entry                                                | entryCodec   |
 * | `o`                                        | digest of the first state, on a member that founded the cluster | recordCodec |
 * | `r` generation (4) `a`                     | applied: index, term and configuration up to which the rows of this generation are | recordCodec |
 * | `r` generation (4) letter, key             | a row of the state machine; letters: ROW_TABLES of machine/rows | rowCodec  |
 * | `n`                                        | number of the member's current run                           | recordCodec  |
 * | `s`                                        | log start: index, term, configuration                        | recordCodec  |
 *
 * Numbers are big-endian, so that they sort. Everything under `r` is text for the engine: keys and values are byte strings
 * (one character a byte), stored as UTF-8, which keeps their order, and a generation has only seven bits in each of its four
 * bytes. ASCII, which is nearly all, lies there unchanged, and the engine's binding makes the strings by itself.
 *
 * The applied record sorts before the rows of its generation: one scan from `r` generation is the state and where it stands.
 */
import { ROW_TABLES, type RowTable } from '../machine/rows';
import { corrupt, type StorageError } from './errors';
import type { KvRange } from './kv';

/** Written into the data directory and the database; a higher one is refused. */
export const FORMAT_VERSION = 2;

const LOG = 0x6c;
const ROWS = 0x72;
const APPLIED = 'a';

const TABLE_OF_LETTER: ReadonlyMap<string, RowTable> = new Map(
  Object.entries(ROW_TABLES).map(([table, { letter }]) => [letter, table as RowTable]),
);

export const ADVERTISED_KEY: Uint8Array = Buffer.from('a');
export const WITNESS_KEY: Uint8Array = Buffer.from('b');
export const FORCED_KEY: Uint8Array = Buffer.from('c');
export const REGISTRATION_KEY: Uint8Array = Buffer.from('d');
export const RETURN_KEY: Uint8Array = Buffer.from('e');
export const FORMAT_KEY: Uint8Array = Buffer.from('f');
export const GENERATION_KEY: Uint8Array = Buffer.from('g');
export const HARD_STATE_KEY: Uint8Array = Buffer.from('h');
export const IDENTITY_KEY: Uint8Array = Buffer.from('i');
export const FOUNDATION_KEY: Uint8Array = Buffer.from('o');
export const LOG_START_KEY: Uint8Array = Buffer.from('s');
export const RUN_KEY: Uint8Array = Buffer.from('n');

const SYNCED_FIRST_BYTES: ReadonlySet<number | undefined> = new Set(
  [
    ADVERTISED_KEY,
    WITNESS_KEY,
    FORCED_KEY,
    REGISTRATION_KEY,
    RETURN_KEY,
    FORMAT_KEY,
    GENERATION_KEY,
    HARD_STATE_KEY,
    IDENTITY_KEY,
    FOUNDATION_KEY,
    RUN_KEY,
  ]
    .map((key) => key[0])
    .concat(LOG),
);

/**
 * Whether a put of this key is only ever in a synced batch. The log start is not: compaction may move it without a sync, as it
 * deletes entries without one.
 */
export function isSyncedKey(key: Uint8Array): boolean {
  return SYNCED_FIRST_BYTES.has(key[0]);
}

const LOG_KEY_BYTES = 9;
const UINT32_RANGE = 2 ** 32;

export function logKey(index: number): Buffer {
  const key = Buffer.allocUnsafe(LOG_KEY_BYTES);
  key[0] = LOG;
  key.writeUInt32BE(Math.floor(index / UINT32_RANGE), 1);
  key.writeUInt32BE(index % UINT32_RANGE, 5);
  return key;
}

/** The index in a key made by `logKey`. Throws StorageError of kind corrupt. */
export function indexOfLogKey(key: Uint8Array): number {
  if (key.length !== LOG_KEY_BYTES) throw corrupt('a log entry has a key of the wrong length');
  const view = new DataView(key.buffer, key.byteOffset, key.byteLength);
  return view.getUint32(1) * UINT32_RANGE + view.getUint32(5);
}

/** Log entries from `from` (included) to `to` (excluded; absent: all that follow). */
export function logRange(from: number, to?: number): KvRange {
  return { gte: logKey(from), lt: to === undefined ? Buffer.from([LOG + 1]) : logKey(to) };
}

/** Generations count from 1; 2^28 snapshots received by one member are enough. */
export const LAST_GENERATION = 2 ** 28 - 1;

const GENERATION_PREFIX_CHARACTERS = 5;

/** The beginning of all keys of a generation, as text. */
export function generationPrefix(generation: number): string {
  return String.fromCharCode(
    ROWS,
    (generation >>> 21) & 0x7f,
    (generation >>> 14) & 0x7f,
    (generation >>> 7) & 0x7f,
    generation & 0x7f,
  );
}

/** Everything of one generation. */
export function generationRange(generation: number): KvRange {
  return { gte: Buffer.from(generationPrefix(generation)), lt: endOfGeneration(generation) };
}

/** Everything of the generations after this one; 0: of all. */
export function laterGenerationsRange(generation: number): KvRange {
  return { gte: endOfGeneration(generation), lt: Buffer.from([ROWS + 1]) };
}

/** Whose key it is, of `laterGenerationsRange`. Throws StorageError of kind corrupt. */
export function generationOfKey(key: Uint8Array): number {
  if (key.length < GENERATION_PREFIX_CHARACTERS) throw corrupt('a row has a key that is too short');
  return key.subarray(1, GENERATION_PREFIX_CHARACTERS).reduce((number, byte) => number * 128 + (byte & 0x7f), 0);
}

function endOfGeneration(generation: number): Uint8Array {
  return generation >= LAST_GENERATION ? Buffer.from([ROWS + 1]) : Buffer.from(generationPrefix(generation + 1));
}

export function appliedKey(generation: number): string {
  return generationPrefix(generation) + APPLIED;
}

/** The key of a row as text; its bytes are the UTF-8 of it. */
export function rowKey(prefix: string, table: RowTable, key: string): string {
  return prefix + letterOfTable(table) + key;
}

export function letterOfTable(table: RowTable): string {
  return ROW_TABLES[table].letter;
}

/** Whose row has a key of `generationRange`; undefined: it is the applied record. Throws StorageError of kind corrupt. */
export function tableOfStateKey(key: string): RowTable | undefined {
  if (!isOfKnownTable(key)) throw ofNoTable();
  return tableOfLetter(key.charAt(GENERATION_PREFIX_CHARACTERS));
}

/** Whether this version knows whose row it is; the applied record counts among them. */
export function isOfKnownTable(key: string): boolean {
  const letter = key.charAt(GENERATION_PREFIX_CHARACTERS);
  return letter === APPLIED || TABLE_OF_LETTER.has(letter);
}

export function isOfTable(table: RowTable, key: string): boolean {
  return key.charAt(GENERATION_PREFIX_CHARACTERS) === ROW_TABLES[table].letter;
}

export function ofNoTable(): StorageError {
  return corrupt('a row belongs to no known table');
}

/** The row's own key in a key of `generationRange`. */
export function rowKeyOf(key: string): string {
  return key.slice(GENERATION_PREFIX_CHARACTERS + 1);
}

export function tableOfLetter(letter: string): RowTable | undefined {
  return TABLE_OF_LETTER.get(letter);
}
