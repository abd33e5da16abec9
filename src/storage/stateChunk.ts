/**
 * Rows on their way to another member: chunks in an envelope (seal.ts) that carries a checksum. Body: number of the chunk
 * (4, from 0), how many rows (4); then for each row table letter (1), key length (4), key, value length (4), value, both a byte a character.
 * The last chunk is of another kind and holds its number (4) and the number of rows in all (8).
 */
import type { RowTable } from '../machine/rows';
import type { ByteReader } from '../bytes/byteReader';
import { ByteWriter } from '../bytes/byteWriter';
import { readerOf } from './bytes';
import { corrupt } from './errors';
import { letterOfTable, tableOfLetter } from './layout';
import { seal, SEAL_BYTES, unseal } from './seal';

const ROWS_KIND = 'w';
const END_KIND = 'z';
const KIND_AT = SEAL_BYTES - 1;
const ENVELOPE = new Uint8Array(SEAL_BYTES);
const ROWS_HEAD_BYTES = SEAL_BYTES + 8;
const ROW_OVERHEAD_BYTES = 9;
/** Big enough to make little of the overhead, small enough to give way to other traffic. */
const CHUNK_BYTES = 256 * 1024;

/** A row that is there; see machine/rows.ts. */
export interface StoredRow {
  readonly table: RowTable;
  readonly key: string;
  readonly value: string;
}

export type StateChunk =
  | { readonly kind: 'rows'; readonly number: number; readonly rows: readonly StoredRow[] }
  | { readonly kind: 'end'; readonly number: number; readonly totalRows: number };

/** Makes chunks of rows that come one by one. */
export class ChunkPacker {
  private number = 0;
  private rows = 0;
  private pending: StoredRow[] = [];
  private pendingBytes = 0;

  /** Answers a chunk once there is enough for one. */
  add(row: StoredRow): Buffer | undefined {
    return lastOf(this.adding(row));
  }

  /** The same, with pauses within a long row. */
  *adding(row: StoredRow): Generator<undefined, Buffer | undefined, undefined> {
    this.rows += 1;
    this.pending.push(row);
    this.pendingBytes += sizeInChunk(row);
    return this.pendingBytes < CHUNK_BYTES ? undefined : yield* this.packing();
  }

  /** What is left, and the chunk that says that it is all. */
  finish(): readonly Buffer[] {
    const rest = this.pending.length === 0 ? [] : [lastOf(this.packing())];
    return [...rest, encodeEndChunk(this.number, this.rows)];
  }

  private *packing(): Generator<undefined, Buffer, undefined> {
    const chunk = yield* encodingRowsChunk(this.number, this.pending);
    this.number += 1;
    this.pending = [];
    this.pendingBytes = 0;
    return chunk;
  }
}

function lastOf<T>(slices: Generator<undefined, T, undefined>): T {
  for (;;) {
    const { done, value } = slices.next();
    if (done === true) return value;
  }
}

/** How many bytes of a chunk this row takes. */
function sizeInChunk(row: StoredRow): number {
  return ROW_OVERHEAD_BYTES + row.key.length + row.value.length;
}

/** A millisecond's work, about. */
const WRITTEN_A_SLICE = 512 * 1024;

export function encodeRowsChunk(number: number, rows: readonly StoredRow[]): Buffer {
  return lastOf(encodingRowsChunk(number, rows));
}

/** The same, with pauses within long values. */
function* encodingRowsChunk(number: number, rows: readonly StoredRow[]): Generator<undefined, Buffer, undefined> {
  const bodyBytes = rows.reduce((sum, row) => sum + sizeInChunk(row), 0);
  const writer = new ByteWriter(ROWS_HEAD_BYTES + bodyBytes).raw(ENVELOPE).u32(number).u32(rows.length);
  for (const { table, key, value } of rows) {
    writer.u8(letterOfTable(table).charCodeAt(0)).u32(key.length).rawString(key).u32(value.length);
    if (value.length <= WRITTEN_A_SLICE) {
      writer.rawString(value);
      continue;
    }
    for (let from = 0; from < value.length; from += WRITTEN_A_SLICE) {
      writer.rawString(value.slice(from, from + WRITTEN_A_SLICE));
      yield;
    }
  }
  return seal(ROWS_KIND, writer.written);
}

export function encodeEndChunk(number: number, totalRows: number): Buffer {
  return seal(END_KIND, new ByteWriter(SEAL_BYTES + 12).raw(ENVELOPE).u32(number).u64(totalRows).written);
}

/** Throws StorageError of kind corrupt or format. */
export function decodeChunk(bytes: Uint8Array): StateChunk {
  const what = 'a part of the received state';
  const isEnd = bytes[KIND_AT] === END_KIND.charCodeAt(0);
  const reader = readerOf(unseal(isEnd ? END_KIND : ROWS_KIND, bytes, what), what);
  const number = reader.u32();
  const chunk: StateChunk = isEnd
    ? { kind: 'end', number, totalRows: reader.u64() }
    : { kind: 'rows', number, rows: readRows(reader) };
  reader.finish();
  return chunk;
}

function readRows(reader: ByteReader): StoredRow[] {
  const rows: StoredRow[] = [];
  for (let left = reader.u32(); left > 0; left -= 1) {
    const table = tableOfLetter(String.fromCharCode(reader.u8()));
    if (table === undefined) throw corrupt('a received row belongs to no known table');
    const key = reader.rawString(reader.u32());
    rows.push({ table, key, value: reader.rawString(reader.u32()) });
  }
  return rows;
}
