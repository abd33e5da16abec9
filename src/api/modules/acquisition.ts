/** One client that wants a lock: takes its place in the queue, waits there until it is first, and begins its TTL then. */
import type { Action, KeyError, KeyEvent } from '../../machine/keyspace/event';
import type { KeyReader, KeyWriter, OwnReader } from '../../member/types';
import type { Cancel, Clock } from '../../platform/clock';
import { sleep } from '../../platform/sleep';
import { TIMER_MAX_MS } from '../../platform/longTimer';
import { isMemberError } from '../v2/keys/failure';
import type { KeepAlive } from './keepAlive';
import { afterLoss, ANONYMOUS, holdCommand, isAnother, isOnlyHolder, leaveCommand, queueCommand } from './lockCommands';
import { WAITING_TTL_SECONDS } from './lockCommands';
import type { Place } from './lockQueue';
import { CrowdedLock, PLACES_MAX, type LockRoom } from './lockRoom';

export interface LockWish {
  /** The directory of the lock. */
  readonly lock: string;
  /** Who gives one shares the lock with all who give the same. */
  readonly value: string | undefined;
  readonly ttlSeconds: number;
  /** Undefined: for ever. 0: not at all. */
  readonly waitSeconds: number | undefined;
}

export type AcquireOutcome =
  | { readonly kind: 'held'; readonly index: number; readonly etcdIndex: number }
  /** Somebody else has it, and there was to be no waiting. */
  | { readonly kind: 'busy' }
  /** The time ran out, or somebody released the place. */
  | { readonly kind: 'closed' }
  | { readonly kind: 'refused'; readonly error: KeyError }
  /** The client has gone, or was sent away. */
  | { readonly kind: 'left' };

export interface AcquisitionParts {
  readonly member: KeyReader & OwnReader & KeyWriter;
  readonly clock: Clock;
  readonly keepAlive: KeepAlive;
  readonly room: LockRoom;
}

/** Between two tries of what may work the next time. */
const AGAIN_MS = 200;
/** So long a client whose time is over is not answered yet, because its place is still there. */
const LEAVES_WITHIN_MS = 1000;

/** What ended a wait. */
type Woken =
  { readonly kind: 'first' } | { readonly kind: 'gone'; readonly action: Action } | { readonly kind: 'over' };

const FIRST: Woken = { kind: 'first' };
const OVER: Woken = { kind: 'over' };

export class Acquisition {
  private over: 'closed' | 'left' | undefined;
  private onOver: () => void = () => undefined;
  /** Resolves when its place is gone, or will go by itself: after the answer. Never rejects. */
  leaving: Promise<void> = Promise.resolve();
  /** The node that has the lock for this client, once it has. */
  private held: { readonly place: Place; readonly event: KeyEvent; readonly isOnly: boolean } | undefined;

  constructor(
    private readonly parts: AcquisitionParts,
    private readonly wish: LockWish,
  ) {}

  /** The client has gone: what it left in the queue is taken away, also a lock that it did not hear of any more. Idempotent. */
  leave(): void {
    if (this.over === 'left') return;
    this.over = 'left';
    if (this.held === undefined) this.onOver();
    else void this.letGo();
  }

  /** Rejects with MemberError or CrowdedLock. */
  async run(): Promise<AcquireOutcome> {
    const cancel = this.startTimer();
    try {
      // Who may share a place has to know all there are.
      if (this.isShared || this.wish.waitSeconds === 0) await this.parts.member.readBarrier();
      for (;;) {
        if (this.over !== undefined) return { kind: this.over };
        const outcome = await this.attempt();
        if (outcome !== 'askAgain') return outcome;
        await sleep(this.parts.clock, AGAIN_MS);
      }
    } finally {
      cancel();
    }
  }

  private get isShared(): boolean {
    return this.wish.value !== undefined;
  }

  private startTimer(): Cancel {
    const { waitSeconds } = this.wish;
    if (waitSeconds === undefined || waitSeconds === 0) return () => undefined;
    return this.parts.clock.after(Math.min(waitSeconds * 1000, TIMER_MAX_MS), () => {
      if (this.over !== undefined) return;
      this.over = 'closed';
      this.onOver();
    });
  }

  private async attempt(): Promise<AcquireOutcome | 'askAgain'> {
    const { value, waitSeconds } = this.wish;
    // Looked at before there is a node, so that nothing of it is missed.
    const { queue } = this.parts.room;
    const found = value === undefined ? undefined : queue.lowestOf(value);
    if (waitSeconds === 0 && queue.first !== found) return { kind: 'busy' };
    const place = found ?? (await this.takePlace());
    if ('ok' in place) return { kind: 'refused', error: place };
    const woken = await this.wait(place, found !== undefined);
    switch (woken.kind) {
      case 'first':
        return this.hold(place);
      case 'gone':
        return afterLoss(woken.action) === 'end' ? { kind: 'closed' } : 'askAgain';
      case 'over':
        // Who is answered finds his place gone, as in etcd 0.4; without a leader that may take long, and his client waits.
        this.leaving = this.giveUp(place, WAITING_TTL_SECONDS);
        await Promise.race([this.leaving, sleep(this.parts.clock, LEAVES_WITHIN_MS)]);
        return this.over === undefined ? { kind: 'busy' } : { kind: this.over };
    }
  }

  /** Of two places of the same value, made at two members at once, the lower one counts for both. */
  private async takePlace(): Promise<Place | KeyError> {
    const { member, clock, room } = this.parts;
    const { lock, value } = this.wish;
    if ((member.childCount(lock) ?? 0) >= PLACES_MAX) throw new CrowdedLock();
    const created = await member.propose(queueCommand(lock, value ?? ANONYMOUS, clock.now()));
    if (!created.ok) return created;
    const own = { key: created.node.key, index: created.node.createdIndex, value: value ?? ANONYMOUS };
    room.noteMade(own.key);
    const lowest = value === undefined ? undefined : room.queue.lowestOf(value);
    if (lowest === undefined || lowest.index >= own.index) return own;
    void this.remove(own, undefined, WAITING_TTL_SECONDS);
    return lowest;
  }

  /** @param isFound somebody else made the place: he may have gone just now, so it is refreshed before anything is waited for */
  private async wait(place: Place, isFound: boolean): Promise<Woken> {
    const { room, keepAlive } = this.parts;
    let leave = (): void => undefined;
    try {
      const woken = new Promise<Woken>((resolve) => {
        const onFirst = (): void => {
          resolve(FIRST);
        };
        const onGone = (action: Action): void => {
          resolve({ kind: 'gone', action });
        };
        leave = room.join(place.key, { onFirst, onGone });
        this.onOver = (): void => {
          resolve(OVER);
        };
      });
      if (this.over !== undefined) return OVER;
      if (!room.queue.has(place.key)) return { kind: 'gone', action: 'expire' };
      if (room.queue.isFirst(place.key)) return FIRST;
      if (this.wish.waitSeconds === 0) return OVER;
      keepAlive.add(place.key, () => room.isWaiting(place.key));
      if (isFound) void keepAlive.refresh(place.key);
      return await woken;
    } finally {
      leave();
      if (!room.isAwaited(place.key)) keepAlive.delete(place.key);
      this.onOver = (): void => undefined;
    }
  }

  /** It is first by what this member has applied, and stays so: the TTL begins, if the node is still there, and still a place. */
  private async hold(place: Place): Promise<AcquireOutcome | 'askAgain'> {
    const { member, clock, room, keepAlive } = this.parts;
    keepAlive.delete(place.key);
    const sinceIndex = room.queue.firstSinceIndex;
    for (;;) {
      const event = await this.tried(() => member.propose(holdCommand(place, this.wish.ttlSeconds, clock.now())));
      if (event === undefined) {
        if (this.over !== undefined) {
          // Its TTL may have begun, or not.
          this.leaving = this.giveUp(place, Math.max(this.wish.ttlSeconds, WAITING_TTL_SECONDS));
          return { kind: this.over };
        }
        await sleep(clock, AGAIN_MS);
        continue;
      }
      if (!event.ok) {
        return event.code === 100 || isAnother(event) ? 'askAgain' : { kind: 'refused', error: event };
      }
      this.held = { place, event, isOnly: !this.isShared || isOnlyHolder(event, sinceIndex) };
      if (this.over === 'left') {
        void this.letGo();
        return { kind: 'left' };
      }
      return { kind: 'held', index: place.index, etcdIndex: event.etcdIndex };
    }
  }

  /** Undefined: it is not known whether it was done. */
  private async tried<T>(what: () => Promise<T>): Promise<T | undefined> {
    try {
      return await what();
    } catch (error) {
      if (isMemberError(error) && MAY_WORK_LATER.has(error.reason)) return undefined;
      throw error;
    }
  }

  /**
   * The place of who does not wait any more, unless others here wait for the same, or it was made at another member: who waits there may have come
   * first, and if nobody does it goes by its TTL.
   *
   * @param ttlSeconds it goes by itself after
   */
  private async giveUp(place: Place, ttlSeconds: number): Promise<void> {
    const { member, room } = this.parts;
    if (room.isAwaited(place.key)) return;
    if (!this.isShared) return this.remove(place, undefined, ttlSeconds);
    if (!room.isMadeHere(place.key)) return;
    const { known } = room;
    if (known?.has(place.key) !== true) return;
    const seen = member.look(place.key, { recursive: false, sorted: false });
    if (!seen.ok) return;
    const { modifiedIndex } = seen.node;
    // Somebody at another member who has the same value may have got the lock: then the node is his, and so it is if he gets it now.
    if (known.isFirst(place.key) && modifiedIndex > known.firstSinceIndex) return;
    return this.remove(place, modifiedIndex, ttlSeconds);
  }

  /** The lock of who has gone before he was told; nobody else may have been told that it is his too. */
  private async letGo(): Promise<void> {
    const { held } = this;
    if (held?.isOnly !== true) return;
    await this.remove(held.place, this.isShared ? held.event.node.modifiedIndex : undefined, this.wish.ttlSeconds);
  }

  /** Again and again, until it is known to be done or the node would be gone by itself. Never rejects. */
  private async remove(place: Place, seenIndex: number | undefined, ttlSeconds: number): Promise<void> {
    const { member, clock } = this.parts;
    const untilMs = clock.monotonicMs() + ttlSeconds * 1000;
    do {
      try {
        await member.propose(leaveCommand(place, seenIndex, clock.now()));
        return;
      } catch (error) {
        if (!isMemberError(error) || !MAY_WORK_LATER.has(error.reason)) return;
        await sleep(clock, AGAIN_MS);
      }
    } while (clock.monotonicMs() < untilMs);
  }
}

/** The member itself goes on, and may find a leader. */
const MAY_WORK_LATER: ReadonlySet<string> = new Set(['timeout', 'noLeader', 'leaderLost', 'tooManyRequests', 'busy']);
