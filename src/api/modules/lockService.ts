/** The locks of one member: what its clients ask for, whichever of the two modules they use. */
import type { KeyError, KeyEvent } from '../../machine/keyspace/event';
import { isBelow } from '../../machine/keyspace/path';
import type { KeyReader, KeyWriter, OwnReader, StatusSource } from '../../member/types';
import type { Clock } from '../../platform/clock';
import { Acquisition, type AcquireOutcome, type LockWish } from './acquisition';
import { EmptyLocks } from './emptyLocks';
import { KeepAlive } from './keepAlive';
import { holdCommand, isAnother, releaseCommand } from './lockCommands';
import { nodeOfIndex } from './lockPaths';
import { type LockQueue, type Place } from './lockQueue';
import { CrowdedLock, LockRoom, readQueue } from './lockRoom';

/** Which node of a lock is meant. */
export type Which =
  { readonly by: 'index'; readonly index: number | undefined } | { readonly by: 'value'; readonly value: string };

export type Holder = { readonly kind: 'held'; readonly place: Place } | { readonly kind: 'vacant' | 'neverSeen' };

export type Changed = KeyEvent | KeyError;

/** A client that waits. */
export interface Waiting {
  readonly outcome: Promise<AcquireOutcome>;
  /** It has gone. */
  leave(): void;
}

/** What may wait at one member. Each takes some kilobytes and a refresh every few seconds. */
export const WAITING_MAX = 10_000;

interface Room {
  readonly room: LockRoom;
  clients: number;
}

export class LockService {
  private readonly rooms = new Map<string, Room>();
  private readonly keepAlive: KeepAlive;
  private readonly emptyLocks: EmptyLocks;
  private clients = 0;
  /** Since the member was started. */
  acquired = 0;

  constructor(
    private readonly member: KeyReader & OwnReader & KeyWriter & StatusSource,
    private readonly clock: Clock,
  ) {
    this.keepAlive = new KeepAlive(member, clock);
    this.emptyLocks = new EmptyLocks(member, clock);
  }

  start(): void {
    this.emptyLocks.start();
  }

  stop(): void {
    this.emptyLocks.stop();
  }

  /** Clients that wait now. */
  get waiting(): number {
    return this.clients;
  }

  /** Undefined: too many wait already. The outcome rejects with MemberError or CrowdedLock, as what follows does. */
  acquire(wish: LockWish): Waiting | undefined {
    if (this.clients >= WAITING_MAX) return undefined;
    const entry = this.enter(wish.lock);
    const { member, clock, keepAlive } = this;
    const acquisition = new Acquisition({ member, clock, keepAlive, room: entry.room }, wish);
    const outcome = acquisition.run().finally(() => {
      this.exit(wish.lock, entry);
    });
    return {
      outcome: outcome.then((found) => {
        if (found.kind === 'held') this.acquired += 1;
        else void acquisition.leaving.then(() => this.tidy(wish.lock));
        return found;
      }),
      leave: () => {
        acquisition.leave();
      },
    };
  }

  /** Of who has the lock; error 100 if that is somebody else, or nobody. */
  async renew(lock: string, which: Which, ttlSeconds: number): Promise<Changed> {
    // Who is first stays it until his node is gone; that it is first here by its index is enough to ask for it.
    let place = which.by === 'index' ? this.held(lock, which) : undefined;
    if (place === undefined) {
      await this.member.readBarrier();
      place = this.held(lock, which);
    }
    if (place === undefined) return this.notFound(lock);
    const renewed = await this.member.propose(holdCommand(place, ttlSeconds, this.clock.now()));
    return isAnother(renewed) ? this.notFound(lock) : renewed;
  }

  /** Also of one that waits; error 100 if there is none. By its index it is found in a crowded lock too. */
  async release(lock: string, which: Which): Promise<Changed> {
    const key = await this.keyOf(lock, which);
    if (key === undefined) return this.notFound(lock);
    const released = await this.member.propose(releaseCommand(key, this.clock.now()));
    if (released.ok) await this.tidy(lock);
    return isAnother(released) ? this.notFound(lock) : released;
  }

  /** Linearizable. */
  async holder(lock: string): Promise<Holder> {
    await this.member.readBarrier();
    const place = this.queueOf(lock).first;
    if (place !== undefined) return { kind: 'held', place };
    return { kind: this.wasSeen(lock) ? 'vacant' : 'neverSeen' };
  }

  /** When nobody has it, nothing of a lock is left but what the history still knows. */
  private wasSeen(lock: string): boolean {
    return this.member.past(lock, 1).events.some(({ node }) => node.key === lock || isBelow(node.key, lock));
  }

  private async keyOf(lock: string, which: Which): Promise<string | undefined> {
    if (which.by === 'index') return which.index === undefined ? undefined : nodeOfIndex(lock, which.index);
    await this.member.readBarrier();
    return this.queueOf(lock).lowestOf(which.value)?.key;
  }

  /** The first place, if it is the one that is meant. */
  private held(lock: string, which: Which): Place | undefined {
    const { first } = this.queueOf(lock);
    const isMeant = which.by === 'index' ? first?.index === which.index : first?.value === which.value;
    return isMeant ? first : undefined;
  }

  private queueOf(lock: string): LockQueue {
    const queue = this.rooms.get(lock)?.room.known ?? readQueue(this.member, lock);
    if (queue === undefined) throw new CrowdedLock();
    return queue;
  }

  private notFound(lock: string): KeyError {
    return { ok: false, code: 100, cause: lock, etcdIndex: this.member.indexes().etcdIndex };
  }

  /** It may be done later too: whoever leads looks for what was left. Where clients wait nothing is left, and no look is needed to know. */
  private async tidy(lock: string): Promise<void> {
    if ((this.rooms.get(lock)?.room.known?.size ?? 0) > 0) return;
    try {
      await this.emptyLocks.tidy(lock);
    } catch {
      // No leader, say.
    }
  }

  private enter(lock: string): Room {
    const entry = this.rooms.get(lock) ?? { room: new LockRoom(this.member, this.clock, lock), clients: 0 };
    this.rooms.set(lock, entry);
    entry.clients += 1;
    this.clients += 1;
    return entry;
  }

  private exit(lock: string, entry: Room): void {
    this.clients -= 1;
    entry.clients -= 1;
    if (entry.clients > 0) return;
    entry.room.close();
    this.rooms.delete(lock);
  }
}
