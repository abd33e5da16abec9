import { rowChecksum, type Row } from '../rows';
import { digestOf } from './digest';
import { decodeEvents, encodeEvents, eventRowIndex, eventRowKey } from './eventRow';
import type { KeySpace } from './keySpace';
import { encodeNode, NodeLoader } from './nodeRow';

interface StoredEvents {
  readonly firstIndex: number;
  readonly lastIndex: number;
}

/** Turns changes of the key space into rows, and rows into a key space again. */
export class KeySpaceRows {
  private readonly nodeLoader: NodeLoader;
  /** History rows on disk, oldest first; a row goes when the ring has dropped its last event. */
  private stored: StoredEvents[] = [];

  constructor(private readonly keySpace: KeySpace) {
    this.nodeLoader = new NodeLoader(keySpace.tree);
  }

  /** Node rows in key order, event rows in index order. @throws DecodeError */
  load(table: 'node' | 'event', key: string, value: string, checksum: number): void {
    if (table === 'node') {
      this.nodeLoader.add(key, value, checksum);
      return;
    }
    const firstIndex = eventRowIndex(key);
    const slots = decodeEvents(firstIndex, value);
    slots.forEach((slot, offset) => {
      this.keySpace.history.add(firstIndex + offset, slot);
    });
    this.stored.push({ firstIndex, lastIndex: firstIndex + slots.length - 1 });
  }

  /** What was loaded is what is stored: nothing of it needs to be written again. */
  loaded(): void {
    this.keySpace.tree.takeDirty();
  }

  /** Everything that changed since the last call: a key written many times is one row, all events are one row. */
  take(rows: Row[]): void {
    const { tree } = this.keySpace;
    for (const path of tree.takeDirty()) {
      const node = tree.find(path);
      if (node === undefined) {
        rows.push({ table: 'node', key: path, value: undefined });
        continue;
      }
      const value = encodeNode(node);
      const checksum = rowChecksum('node', path, value);
      if (node.digest === 0) tree.count(node, digestOf(checksum));
      rows.push({ table: 'node', key: path, value, checksum });
    }
    this.takeEvents(rows);
  }

  /** A digest of all nodes: equal on members with equal trees, whenever their rows were taken. */
  digest(): string {
    return this.keySpace.tree.digest((node) => digestOf(rowChecksum('node', node.path, encodeNode(node))));
  }

  private takeEvents(rows: Row[]): void {
    const { history } = this.keySpace;
    const lastStored = this.stored.at(-1)?.lastIndex ?? 0;
    const firstIndex = Math.max(lastStored + 1, history.firstIndex);
    const lastIndex = history.lastIndex;
    if (firstIndex > lastIndex) return;
    rows.push({ table: 'event', key: eventRowKey(firstIndex), value: encodeEvents(history, firstIndex, lastIndex) });
    this.stored.push({ firstIndex, lastIndex });
    const kept = this.stored.findIndex((row) => row.lastIndex >= history.firstIndex);
    for (const row of this.stored.splice(0, kept)) {
      rows.push({ table: 'event', key: eventRowKey(row.firstIndex), value: undefined });
    }
  }
}
