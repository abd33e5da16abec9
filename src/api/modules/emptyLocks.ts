/** Takes away the directories of locks that nobody has or wants any more. */
import { isBelow, parentOf } from '../../machine/keyspace/path';
import type { KeyReader, KeyWriter, OwnReader, StatusSource } from '../../member/types';
import type { Cancel, Clock } from '../../platform/clock';
import { tidyCommand } from './lockCommands';
import { LOCKS, MODULES } from './lockPaths';
import { isRemoval } from './lockQueue';

const LOOK_MS = 2000;

/** Of a walk through all that there is: nodes in a turn, some milliseconds' worth, and the pause between two turns. */
const NODES_A_TURN = 5000;
const PAUSE_MS = 50;

/** Directories that are kept in mind, and those of them whose removal is under way: anybody may leave a million, and clients write too. */
const CANDIDATES_MAX = 5000;
const AT_ONCE_MAX = 500;

/**
 * Who releases a lock tidies up behind it. A holder that expires cannot: every member looks into the history now and then for nodes
 * that went, and the leader takes their directories away, if they are empty. Where nothing is written nothing is read.
 */
export class EmptyLocks {
  private readonly candidates = new Set<string>();
  private readonly underWay = new Set<string>();
  /** There were more than are kept in mind. */
  private areMore = false;
  private lookedUpTo = 0;
  private cancel: Cancel | undefined;
  /** A walk through all locks that is under way. */
  private walk: Iterator<string | undefined> | undefined;
  private cancelWalk: Cancel | undefined;

  constructor(
    private readonly member: KeyReader & OwnReader & KeyWriter & StatusSource,
    private readonly clock: Clock,
  ) {}

  start(): void {
    this.cancel = this.clock.every(LOOK_MS, () => {
      this.look();
    });
  }

  stop(): void {
    this.cancel?.();
    this.cancelWalk?.();
  }

  /** Removes the lock's directory and those above it, up to the first that something is in. Rejects with MemberError. */
  async tidy(lock: string): Promise<void> {
    for (let path = lock; path.length >= MODULES.length; path = parentOf(path)) {
      if (!this.member.isVacant(path)) return;
      const removed = await this.member.propose(tidyCommand(path, this.clock.now()));
      if (!removed.ok && removed.code !== 100) return;
    }
  }

  private look(): void {
    if (this.member.indexes().etcdIndex !== this.lookedUpTo) this.lookBack();
    if (this.candidates.size === 0) return;
    const isLeader = this.member.status().leader?.id === this.member.id;
    for (const path of this.candidates) {
      if (!path.startsWith(MODULES) || !this.member.isVacant(path)) this.candidates.delete(path);
      else if (isLeader && this.underWay.size < AT_ONCE_MAX && !this.underWay.has(path)) void this.tidyLater(path);
    }
    // There is room again for what was left out.
    if (this.areMore && this.candidates.size <= CANDIDATES_MAX / 2) this.walkThroughAll();
  }

  private lookBack(): void {
    const { events, etcdIndex, isCut } = this.member.past(LOCKS, this.lookedUpTo + 1);
    this.lookedUpTo = etcdIndex;
    for (const { action, node } of events) {
      if (isRemoval(action) && isBelow(node.key, LOCKS)) this.keepInMind(parentOf(node.key));
    }
    if (isCut) this.walkThroughAll();
  }

  private keepInMind(path: string): void {
    if (this.candidates.size < CANDIDATES_MAX) this.candidates.add(path);
    else if (!this.candidates.has(path)) this.areMore = true;
  }

  /** A candidate that could not be removed is kept: whoever leads next may have to do it. */
  private async tidyLater(path: string): Promise<void> {
    this.underWay.add(path);
    try {
      await this.tidy(path);
      this.candidates.delete(path);
    } catch {
      // No leader any more.
    } finally {
      this.underWay.delete(path);
    }
  }

  /** What became of the locks is not known any more. Anybody may make a million nodes there, so it takes many turns; one walk at a time. */
  private walkThroughAll(): void {
    if (this.walk !== undefined) return;
    this.areMore = false;
    this.walk = this.member.vacantBelow(LOCKS);
    this.walkOn();
  }

  private walkOn(): void {
    for (let count = 0; count < NODES_A_TURN; count++) {
      const next = this.areMore ? undefined : this.walk?.next();
      if (next === undefined || next.done === true) {
        this.walk = undefined;
        return;
      }
      if (next.value !== undefined) this.keepInMind(next.value);
    }
    this.cancelWalk = this.clock.after(PAUSE_MS, () => {
      this.walkOn();
    });
  }
}
