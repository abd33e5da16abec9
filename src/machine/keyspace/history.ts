import type { KeyEvent } from './event';
import { isBelow } from './path';

/** An index whose event concerns no key a client can name (a member was added, say): it only takes its place. */
export type HistorySlot = KeyEvent | undefined;

/**
 * The last events of the whole key space, one for every index without holes, so that a watch can begin in the past
 * (spec v2-api section 7). A ring: adding is constant time, and what falls out is the oldest.
 */
export class History {
  /** The slot of index i is at i modulo capacity. */
  private readonly slots: HistorySlot[];
  private count = 0;
  private last = 0;

  constructor(private readonly capacity: number) {
    this.slots = new Array<HistorySlot>(capacity).fill(undefined);
  }

  /** The oldest index a watch may ask for; one past `lastIndex` if there is none. */
  get firstIndex(): number {
    return this.last - this.count + 1;
  }

  get lastIndex(): number {
    return this.last;
  }

  /** `index` follows the last one; the first call may begin anywhere. */
  add(index: number, slot: HistorySlot): void {
    this.slots[index % this.capacity] = slot;
    this.last = index;
    if (this.count < this.capacity) this.count++;
  }

  at(index: number): HistorySlot {
    return index < this.firstIndex || index > this.last ? undefined : this.slots[index % this.capacity];
  }

  /** Events at or after `sinceIndex` that a watch of `path` should see: the first, or all of them. */
  scan(path: string, recursive: boolean, sinceIndex: number, all: boolean): KeyEvent[] {
    const found: KeyEvent[] = [];
    for (let index = Math.max(sinceIndex, this.firstIndex); index <= this.last; index++) {
      const event = this.slots[index % this.capacity];
      if (event === undefined || event.refresh || !concerns(event, path, recursive)) continue;
      found.push(event);
      if (!all) break;
    }
    return found;
  }
}

/**
 * The hidden rule does not apply to the past (spec v2-api section 7). A removed directory concerns every path below it,
 * whether or not it existed; etcd compares without the slash there, which Cairn does not copy (divergence `history-prefix`).
 */
function concerns(event: KeyEvent, path: string, recursive: boolean): boolean {
  const key = event.node.key;
  if (key === path || (recursive && isBelow(key, path))) return true;
  const removed = event.action === 'delete' || event.action === 'expire';
  return removed && event.prevNode?.dir === true && isBelow(path, key);
}
