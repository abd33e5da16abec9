/** Where the clients of one member wait for one lock: a single watch for all of them, and each event wakes only whom it concerns. */
import type { Action, KeyEvent } from '../../machine/keyspace/event';
import type { KeyReader, OwnReader, Watch } from '../../member/types';
import type { Clock } from '../../platform/clock';
import { LockQueue } from './lockQueue';

/** Told in the turn in which this member applied it. */
export interface Waiter {
  readonly onFirst: () => void;
  readonly onGone: (action: Action) => void;
}

/** What may be below a lock when somebody wants another place there. A client that has the lock or waits for it has one. */
export const PLACES_MAX = 10_000;

/** What is read at once: some ten milliseconds' worth. More than places, for all clients of a member may come at once. */
const READ_MAX = 2 * PLACES_MAX;

/** So much is below a lock that it is not read or lengthened: clients in such numbers, or somebody who writes keys there. */
export class CrowdedLock extends Error {
  override readonly name = 'CrowdedLock';
}

/** The queue of a lock as this member has applied it; undefined: the lock is crowded. */
export function readQueue(member: KeyReader & OwnReader, lock: string): LockQueue | undefined {
  if ((member.childCount(lock) ?? 0) > READ_MAX) return undefined;
  const read = member.look(lock, { recursive: false, sorted: false });
  return new LockQueue(lock, read.ok ? (read.node.nodes ?? []) : []);
}

export class LockRoom {
  private current: LockQueue | undefined;
  private watch: Watch | undefined;
  private isClosed = false;
  private readonly waiters = new Map<string, Set<Waiter>>();
  private readonly made = new Set<string>();

  constructor(
    private readonly member: KeyReader & OwnReader,
    private readonly clock: Pick<Clock, 'soon'>,
    private readonly lock: string,
  ) {}

  /** As of what this member has applied by now; throws CrowdedLock. */
  get queue(): LockQueue {
    const { known } = this;
    if (known === undefined) throw new CrowdedLock();
    return known;
  }

  /** The same where nobody is there to be told of a crowded lock. */
  get known(): LockQueue | undefined {
    this.current ??= this.open();
    return this.current;
  }

  /** Whether a node is a place in the queue that has not got the lock. */
  isWaiting(key: string): boolean {
    const { known } = this;
    return known?.has(key) === true && !known.isFirst(key);
  }

  /** Answers how to leave. Who comes has to look at the queue itself: nothing is told of what was before. */
  join(key: string, waiter: Waiter): () => void {
    const waiters = this.waiters.get(key) ?? new Set();
    this.waiters.set(key, waiters.add(waiter));
    return () => {
      waiters.delete(waiter);
      if (waiters.size === 0 && this.waiters.get(key) === waiters) this.waiters.delete(key);
    };
  }

  /** Whether somebody waits here for a node. */
  isAwaited(key: string): boolean {
    return this.waiters.has(key);
  }

  noteMade(key: string): void {
    this.made.add(key);
  }

  /** Whether the node was made for a client of this member. Another one's may be waited for there, too, by a client that came earlier. */
  isMadeHere(key: string): boolean {
    return this.made.has(key);
  }

  close(): void {
    this.isClosed = true;
    this.watch?.cancel();
  }

  /** In one turn, so that no event falls between what is read and what is watched. */
  private open(): LockQueue | undefined {
    const queue = readQueue(this.member, this.lock);
    if (queue === undefined) return undefined;
    const options = { recursive: true, stream: true, sinceIndex: 0 };
    const watch = this.member.watch(this.lock, options, (event) => {
      if (event === undefined) this.lost();
      else this.happened(queue, event);
    });
    // Only a watch that begins in the past can be refused.
    this.watch = watch.ok ? watch : undefined;
    return queue;
  }

  private happened(queue: LockQueue, event: KeyEvent): void {
    const removed = queue.apply(event);
    for (const { key } of removed) this.tellGone(key, event.action);
    if (removed.length > 0) this.tellFirst(queue);
  }

  /** The member took over a state, or stops: whoever stops it ends those who wait. */
  private lost(): void {
    this.current = undefined;
    this.watch = undefined;
    this.clock.soon(() => {
      if (this.isClosed) return;
      const { known } = this;
      for (const key of [...this.waiters.keys(), ...this.made])
        if (known?.has(key) !== true) this.tellGone(key, 'expire');
      if (known !== undefined) this.tellFirst(known);
    });
  }

  private tellGone(key: string, action: Action): void {
    const waiters = this.waiters.get(key);
    this.waiters.delete(key);
    this.made.delete(key);
    for (const waiter of waiters ?? []) waiter.onGone(action);
  }

  private tellFirst({ first }: LockQueue): void {
    if (first === undefined) return;
    for (const waiter of this.waiters.get(first.key) ?? []) waiter.onFirst();
  }
}
