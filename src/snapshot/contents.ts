import { StorageError } from '../storage/errors';
import { letterOfTable } from '../storage/layout';
import { decodeChunk, type StoredRow } from '../storage/stateChunk';
import { SnapshotDamage } from './format/damage';
import type { SnapshotTotals } from './format/fileHeader';

/** Told the rows, part by part, in the order in which they are stored: by table, then by the bytes of the key. */
export type RowsListener = (rows: readonly StoredRow[]) => void;

/** Looks at what the parts of a snapshot hold: that they are rows, each once and in order, and as many as is said. Holds none. */
export class SnapshotContents {
  private nextNumber = 0;
  private rows = 0;
  private nodes = 0;
  private isAtEnd = false;
  private lastPlace = '';

  constructor(private readonly onRows: RowsListener = () => undefined) {}

  /** Keys and directories so far. */
  get keys(): number {
    return this.nodes;
  }

  /** The next part, and where in the file it is. @throws SnapshotDamage, and what the listener throws */
  add(body: Uint8Array, at: number): void {
    const chunk = decoded(body, at);
    if (this.isAtEnd) throw new SnapshotDamage(at, 'the state goes on behind its end');
    if (chunk.number !== this.nextNumber) {
      throw new SnapshotDamage(at, `part ${chunk.number} of the state is where part ${this.nextNumber} belongs`);
    }
    this.nextNumber += 1;
    switch (chunk.kind) {
      case 'rows':
        for (const row of chunk.rows) this.note(row, at);
        this.onRows(chunk.rows);
        return;
      case 'end':
        this.isAtEnd = true;
        if (chunk.totalRows === this.rows) return;
        throw new SnapshotDamage(at, `the state names ${chunk.totalRows} rows, but ${this.rows} are there`);
    }
  }

  /** All parts were added. @throws SnapshotDamage if they are not what the file says of them */
  finish(totals: SnapshotTotals, at: number): void {
    if (!this.isAtEnd) throw new SnapshotDamage(at, 'the end of the state is missing');
    if (totals.rows === this.rows && totals.keys === this.nodes) return;
    const said = `${totals.rows} rows and ${totals.keys} keys`;
    throw new SnapshotDamage(at, `the totals name ${said}, but there are ${this.rows} and ${this.nodes}`);
  }

  private note({ table, key }: StoredRow, at: number): void {
    const place = letterOfTable(table) + key;
    if (place <= this.lastPlace) throw new SnapshotDamage(at, 'the rows of the state are not in order');
    this.lastPlace = place;
    this.rows += 1;
    if (table === 'node') this.nodes += 1;
  }
}

function decoded(body: Uint8Array, at: number): ReturnType<typeof decodeChunk> {
  try {
    return decodeChunk(body);
  } catch (error) {
    if (!(error instanceof StorageError)) throw error;
    throw new SnapshotDamage(at, `this part of the state cannot be read (${error.message.split('. ')[0]})`);
  }
}
