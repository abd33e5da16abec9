import type { KeyEvent } from './event';
import { isBelow } from './path';

/** An index whose event concerns no key that a client can change (a member was added, say): it only takes its place. */
export type HistorySlot = KeyEvent | undefined;

/** Where there is memory for it: with the same on all members a watch finds the same past on each. */
export const HISTORY_BYTES_MAX = 32 * 1024 * 1024;

/** How much is kept of the past: events, and bytes of their keys and values (a number alone: the usual ones). */
export type HistoryBounds = number | { readonly events: number; readonly bytesMax: number };

/**
 * The last events of the whole key space, one for every index without holes, so that a watch can begin in the past
 * (spec v2-api section 7). A ring: adding is constant time, and what falls out is the oldest.
 */
export class History {
  /** The slot of index i is at i modulo capacity. */
  private readonly slots: HistorySlot[];
  private count = 0;
  private last = 0;
  private bytes = 0;
  private readonly capacity: number;
  private readonly bytesMax: number;

  /** @param bounds the oldest events go when there is more, but never the newest */
  constructor(bounds: HistoryBounds) {
    const { events, bytesMax } = typeof bounds === 'number' ? { events: bounds, bytesMax: HISTORY_BYTES_MAX } : bounds;
    this.capacity = events;
    this.bytesMax = bytesMax;
    this.slots = new Array<HistorySlot>(events).fill(undefined);
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
    if (this.count === this.capacity) this.dropOldest();
    this.slots[index % this.capacity] = slot;
    this.last = index;
    this.count++;
    this.bytes += bytesOf(slot);
    while (this.bytes > this.bytesMax && this.count > 1) this.dropOldest();
  }

  private dropOldest(): void {
    const place = this.firstIndex % this.capacity;
    this.bytes -= bytesOf(this.slots[place]);
    this.slots[place] = undefined;
    this.count--;
  }

  at(index: number): HistorySlot {
    return index < this.firstIndex || index > this.last ? undefined : this.slots[index % this.capacity];
  }

  /**
   * Whether nothing at or below `path` has another content than at `etcdIndex`; false too if that is further back than the events.
   * @param isReserved there are keys at or below it that no command changes: an index without an event may stand for a change of them
   */
  isUnchanged(path: string, etcdIndex: number, isReserved: boolean): boolean {
    if (etcdIndex + 1 < this.firstIndex || etcdIndex > this.last) return false;
    for (let index = etcdIndex + 1; index <= this.last; index++) {
      const event = this.slots[index % this.capacity];
      if (event === undefined ? isReserved : concerns(event, path, true)) return false;
    }
    return true;
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

/** About how long it is: its key and its values. */
export function bytesOf(slot: HistorySlot): number {
  if (slot === undefined) return 0;
  return slot.node.key.length + (slot.node.value?.length ?? 0) + (slot.prevNode?.value?.length ?? 0);
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
