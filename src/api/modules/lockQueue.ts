/** Who has a lock and who waits for it, in their order, as one member has applied it. Pure. */
import type { Action, KeyEvent, NodeView } from '../../machine/keyspace/event';
import { isBelow, parentOf } from '../../machine/keyspace/path';
import { indexOfNode } from './lockPaths';

/** A node of the queue. */
export interface Place {
  readonly key: string;
  /** Of its creation: the order of the queue, and the fencing token. */
  readonly index: number;
  readonly value: string;
}

export class LockQueue {
  /** In the order of their indexes. */
  private places = new Map<string, Place>();
  /** The places of each value, in the same order: many of those without one, else more than one only while two members made them at once. */
  private readonly byValue = new Map<string, Map<string, Place>>();
  private last = -1;
  private firstSince = 0;

  /** @param nodes the children of the lock's directory, in any order */
  constructor(
    private readonly lock: string,
    nodes: readonly NodeView[],
  ) {
    for (const node of nodes) this.add(node);
    this.firstSince = 0;
  }

  get size(): number {
    return this.places.size;
  }

  /** Who has the lock, or is about to be told so. */
  get first(): Place | undefined {
    return firstOf(this.places);
  }

  /**
   * The store's index at which the first one came to be first; 0: before this queue was looked at. What changed its node at a later
   * index has given it the lock already, or has been its holder.
   */
  get firstSinceIndex(): number {
    return this.firstSince;
  }

  has(key: string): boolean {
    return this.places.has(key);
  }

  isFirst(key: string): boolean {
    return this.first?.key === key;
  }

  /** The one place that counts for a value. */
  lowestOf(value: string): Place | undefined {
    return firstOf(this.byValue.get(value));
  }

  at(index: number): Place | undefined {
    for (const place of this.places.values()) if (place.index === index) return place;
    return undefined;
  }

  /** Takes in what happened at or below the lock's directory, or to one above it. Answers the places that are gone. */
  apply(event: KeyEvent): readonly Place[] {
    const { first } = this;
    const removed = isRemoval(event.action) ? this.remove(event.node.key) : [];
    if (!isRemoval(event.action)) this.add(event.node);
    if (this.first !== first) this.firstSince = event.etcdIndex;
    return removed;
  }

  private add(node: NodeView): void {
    const index = node.dir || parentOf(node.key) !== this.lock ? undefined : indexOfNode(node.key);
    if (index === undefined) return;
    this.remove(node.key);
    const place = { key: node.key, index, value: node.value ?? '' };
    // Nodes come in order, unless somebody wrote them by hand.
    const isInOrder = index > this.last;
    this.last = Math.max(this.last, index);
    this.places.set(node.key, place);
    const same = this.byValue.get(place.value) ?? new Map<string, Place>();
    same.set(node.key, place);
    this.byValue.set(place.value, isInOrder ? same : inOrder(same));
    if (!isInOrder) this.places = inOrder(this.places);
  }

  /** What is at a key or below it. */
  private remove(key: string): readonly Place[] {
    const place = this.places.get(key);
    if (place !== undefined) {
      this.forget(place);
      return [place];
    }
    if (key !== this.lock && !isBelow(this.lock, key)) return [];
    const all = [...this.places.values()];
    for (const each of all) this.forget(each);
    return all;
  }

  private forget(place: Place): void {
    this.places.delete(place.key);
    const same = this.byValue.get(place.value);
    same?.delete(place.key);
    if (same?.size === 0) this.byValue.delete(place.value);
  }
}

function firstOf(places: ReadonlyMap<string, Place> | undefined): Place | undefined {
  return places?.values().next().value;
}

function inOrder(places: ReadonlyMap<string, Place>): Map<string, Place> {
  return new Map([...places].sort(([, a], [, b]) => a.index - b.index));
}

/** Whether an event took its node away. */
export function isRemoval(action: Action): boolean {
  switch (action) {
    case 'delete':
    case 'compareAndDelete':
    case 'expire':
      return true;
    case 'get':
    case 'set':
    case 'create':
    case 'update':
    case 'compareAndSwap':
      return false;
  }
}
