import type { Row } from '../../machine/rows';
import { letterOfTable } from '../../storage/layout';
import type { StoredRow } from '../../storage/stateChunk';

/** The rows of a state with changes made to them, in the order in which they are stored. */
export class RowMerge {
  private next = 0;

  private constructor(private readonly changes: readonly (Row & { readonly place: string })[]) {}

  /** @param rows that changed since, each once */
  static of(rows: readonly Row[]): RowMerge {
    const placed = rows.map((row) => ({ ...row, place: placeOf(row) }));
    return new RowMerge(placed.sort((a, b) => (a.place < b.place ? -1 : 1)));
  }

  /** To go through the same state once more. */
  again(): RowMerge {
    return new RowMerge(this.changes);
  }

  /** What becomes of the next rows of the state. */
  merged(rows: readonly StoredRow[]): StoredRow[] {
    const found: StoredRow[] = [];
    for (const row of rows) {
      const place = placeOf(row);
      this.takeBefore(place, found);
      const change = this.changes[this.next];
      if (change?.place === place) {
        this.next += 1;
        push(change, found);
      } else {
        found.push(row);
      }
    }
    return found;
  }

  /** What comes behind the last row of the state. */
  rest(): StoredRow[] {
    const found: StoredRow[] = [];
    this.takeBefore(undefined, found);
    return found;
  }

  private takeBefore(place: string | undefined, found: StoredRow[]): void {
    for (let change = this.changes[this.next]; change !== undefined; change = this.changes[this.next]) {
      if (place !== undefined && change.place >= place) return;
      this.next += 1;
      push(change, found);
    }
  }
}

function placeOf({ table, key }: Pick<Row, 'table' | 'key'>): string {
  return letterOfTable(table) + key;
}

function push({ table, key, value }: Row, found: StoredRow[]): void {
  if (value !== undefined) found.push({ table, key, value: String(value) });
}
