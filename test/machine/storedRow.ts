import { rowChecksum, type RowTable, type StoredRows } from '../../src/machine/rows';

/** One row as storage hands it back. */
export function storedRow(table: RowTable, key: string, value: string): StoredRows {
  return { table, keys: [key], values: [value], checksums: [rowChecksum(table, key, value)] };
}
