/** Who has a lock and who waits for it, in their order, as one member has applied it. Pure. */
import type { Action, KeyEvent, NodeView } from '../../machine/keyspace/event';
import { isBelow, parentOf } from '../../machine/keyspace/path';
import { indexOfNode } from './lockPaths';
import { mapKey } from './mapKey';

/** A node of the queue. */
export interface Place {
  readonly key: string;
  /** Of its creation: the order of the queue, and the fencing token. */
  readonly index: number;
  readonly value: string;
}

export class LockQueue {
  private readonly byKey = new Map<string, Place>();
  /** In their order, as the places of each value are: many without one, else more than one only while two members made them at once. */
  private places: Place[];
  private readonly byValue = new Map<string, Place[]>();
  private firstSince = 0;

  /** @param nodes the children of the lock's directory, in any order: anybody may have written thousands of them, under any numbers */
  constructor(
    private readonly lock: string,
    nodes: readonly NodeView[],
  ) {
    this.places = nodes.flatMap((node) => this.placeOf(node) ?? []).sort(order);
    for (const place of this.places) {
      this.byKey.set(place.key, place);
      this.ofValue(place.value).push(place);
    }
  }

  get size(): number {
    return this.places.length;
  }

  /** Who has the lock, or is about to be told so. */
  get first(): Place | undefined {
    return this.places[0];
  }

  /**
   * The store's index at which the first one came to be first; 0: before this queue was looked at. What changed its node at a later
   * index has given it the lock already, or has been its holder.
   */
  get firstSinceIndex(): number {
    return this.firstSince;
  }

  has(key: string): boolean {
    return this.byKey.has(key);
  }

  isFirst(key: string): boolean {
    return this.first?.key === key;
  }

  /** The one place that counts for a value. */
  lowestOf(value: string): Place | undefined {
    return this.byValue.get(mapKey(value))?.[0];
  }

  /** Takes in what happened at or below the lock's directory, or to one above it. Answers the places that are gone. */
  apply(event: KeyEvent): readonly Place[] {
    const { first } = this;
    const { action, node } = event;
    // A directory may be set where a place was.
    const isGone = isRemoval(action) || (node.dir && this.has(node.key));
    const removed = isGone ? this.remove(node.key) : [];
    if (!isGone) this.add(node);
    if (this.first !== first) this.firstSince = event.etcdIndex;
    return removed;
  }

  /** Undefined: the node is none of the queue. */
  private placeOf(node: NodeView): Place | undefined {
    const index = node.dir || parentOf(node.key) !== this.lock ? undefined : indexOfNode(node.key);
    return index === undefined ? undefined : { key: node.key, index, value: node.value ?? '' };
  }

  private add(node: NodeView): void {
    const place = this.placeOf(node);
    if (place === undefined) return;
    this.remove(node.key);
    this.byKey.set(place.key, place);
    for (const places of [this.places, this.ofValue(place.value)]) places.splice(positionOf(place, places), 0, place);
  }

  /** What is at a key or below it. */
  private remove(key: string): readonly Place[] {
    const place = this.byKey.get(key);
    if (place !== undefined) {
      this.forget(place);
      return [place];
    }
    if (key !== this.lock && !isBelow(this.lock, key)) return [];
    const all = this.places;
    this.places = [];
    this.byKey.clear();
    this.byValue.clear();
    return all;
  }

  private forget(place: Place): void {
    this.byKey.delete(place.key);
    const value = mapKey(place.value);
    const same = this.byValue.get(value) ?? [];
    for (const places of [this.places, same]) places.splice(positionOf(place, places), 1);
    if (same.length === 0) this.byValue.delete(value);
  }

  private ofValue(value: string): Place[] {
    const key = mapKey(value);
    const places = this.byValue.get(key) ?? [];
    this.byValue.set(key, places);
    return places;
  }
}

/** Negative if `a` is before `b`. Of two names of one number, which only who writes by hand gives, the same one at every member. */
function order(a: Place, b: Place): number {
  if (a.index !== b.index) return a.index - b.index;
  return a.key < b.key ? -1 : Number(a.key > b.key);
}

/** Where a place is in a list that is in order, or belongs. */
function positionOf(place: Place, places: readonly Place[]): number {
  let [from, to] = [0, places.length];
  while (from < to) {
    const middle = (from + to) >>> 1;
    const other = places[middle];
    if (other !== undefined && order(other, place) < 0) from = middle + 1;
    else to = middle;
  }
  return from;
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
