import { checksumSlices, rowChecksum, type Row } from '../machine/rows';
import { del, put, type KvOperation } from './kv';
import { rowKey } from './layout';
import { encodeRowValue } from './rowCodec';

/** Rows that were made ready for a write, so that a million of them need not be made ready in one turn. */
export class PreparedRows {
  readonly operations: KvOperation[] = [];
  /** Of their keys and values. */
  bytes = 0;

  /** @param prefix of the generation that they are to be written to */
  constructor(private readonly prefix: string) {}

  /** Throws RangeError if what is to be stored is not bytes. */
  add(rows: readonly Row[]): void {
    const slices = this.adding(rows);
    while (slices.next().done !== true);
  }

  /** The same, with pauses within long rows only. */
  *adding(rows: readonly Row[]): Generator<undefined, void, undefined> {
    for (const { table, key, value, checksum } of rows) {
      const stored = rowKey(this.prefix, table, key);
      this.bytes += key.length + (value?.length ?? 0);
      if (value === undefined) {
        this.operations.push(del(stored));
      } else if (typeof value === 'string') {
        this.operations.push(put(stored, encodeRowValue(value, checksum ?? rowChecksum(table, key, value))));
      } else {
        this.operations.push(
          put(stored, encodeRowValue(value, checksum ?? (yield* checksumSlices(table, key, value)))),
        );
      }
    }
  }
}
