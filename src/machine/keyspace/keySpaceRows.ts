import { checksumSlices, rowChecksum, type Row, type StoredRows } from '../rows';
import { digestOf } from './digest';
import { decodeEvents, encodeEvents, eventRowIndex, eventRowKey } from './eventRow';
import { bytesOf, type History } from './history';
import type { KeySpace } from './keySpace';
import { encodeNode, NodeLoader } from './nodeRow';

/** A millisecond's work, about. */
const ROWS_A_SLICE = 1000;
const BYTES_A_SLICE = 1024 * 1024;

interface StoredEvents {
  readonly firstIndex: number;
  readonly lastIndex: number;
}

/**
 * The last event of the row that begins with this one: all there are, but no more than a slice's worth, because the engine copies a
 * row in one go. An event that is longer by itself has a row of its own.
 */
function lastOfRow(history: History, first: number): number {
  let last = first;
  let bytes = bytesOf(history.at(first));
  for (; last < history.lastIndex; last += 1) {
    bytes += bytesOf(history.at(last + 1));
    if (bytes > BYTES_A_SLICE) break;
  }
  return last;
}

/** Turns changes of the key space into rows, and rows into a key space again. */
export class KeySpaceRows {
  private readonly nodeLoader: NodeLoader;
  /** History rows on disk, oldest first; a row goes when the ring has dropped its last event. */
  private stored: StoredEvents[] = [];

  constructor(private readonly keySpace: KeySpace) {
    this.nodeLoader = new NodeLoader(keySpace.tree);
  }

  /** In key order. @throws DecodeError */
  loadNodes(rows: StoredRows): void {
    this.nodeLoader.add(rows);
  }

  /** In index order. @throws DecodeError */
  loadEvents(key: string, value: string): void {
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

  /** Everything that changed since the last call, a slice at a time: a key written many times is one row, and so are all events that are not long. */
  *taking(rows: Row[]): Generator<undefined, void, undefined> {
    const { tree } = this.keySpace;
    let bytes = 0;
    for (const path of tree.takeDirty()) {
      if (rows.length % ROWS_A_SLICE === ROWS_A_SLICE - 1 || bytes > BYTES_A_SLICE) {
        yield;
        bytes = 0;
      }
      // Of a key of a megabyte each level is a row with a key nearly as long.
      bytes += path.length;
      const node = tree.find(path);
      if (node === undefined) {
        rows.push({ table: 'node', key: path, value: undefined });
        continue;
      }
      const value = encodeNode(node);
      bytes += value.length;
      const isLong = typeof value !== 'string';
      const checksum = isLong ? yield* checksumSlices('node', path, value) : rowChecksum('node', path, value);
      if (node.digest === 0) tree.count(node, digestOf(checksum));
      rows.push({ table: 'node', key: path, value, checksum });
    }
    this.takeEvents(rows);
  }

  /** A digest of all nodes: equal on members with equal trees, whenever their rows were taken. */
  digest(): string {
    return this.keySpace.tree.digest((node) => digestOf(rowChecksum('node', node.path, encodeNode(node))));
  }

  /**
   * A node a step: its path if it is not what its stored checksum says, undefined if it is, or was changed and not stored yet.
   */
  *damagedNodes(): Generator<string | undefined, void, undefined> {
    for (const node of this.keySpace.tree.everyNode()) {
      const isSound = node.digest === 0 || node.digest === digestOf(rowChecksum('node', node.path, encodeNode(node)));
      yield isSound ? undefined : node.path;
    }
  }

  private takeEvents(rows: Row[]): void {
    const { history } = this.keySpace;
    const lastStored = this.stored.at(-1)?.lastIndex ?? 0;
    const firstIndex = Math.max(lastStored + 1, history.firstIndex);
    if (firstIndex > history.lastIndex) return;
    for (let from = firstIndex; from <= history.lastIndex;) {
      const to = lastOfRow(history, from);
      rows.push({ table: 'event', key: eventRowKey(from), value: encodeEvents(history, from, to) });
      this.stored.push({ firstIndex: from, lastIndex: to });
      from = to + 1;
    }
    const kept = this.stored.findIndex((row) => row.lastIndex >= history.firstIndex);
    for (const row of this.stored.splice(0, kept)) {
      rows.push({ table: 'event', key: eventRowKey(row.firstIndex), value: undefined });
    }
  }
}
