/** Takes away the directories of locks that nobody has or wants any more. */
import { isBelow, parentOf } from '../../machine/keyspace/path';
import type { KeyReader, KeyWriter, OwnReader, StatusSource } from '../../member/types';
import type { Cancel, Clock } from '../../platform/clock';
import { tidyCommand } from './lockCommands';
import { LOCKS, MODULES } from './lockPaths';
import { isRemoval } from './lockQueue';

const LOOK_MS = 2000;

/** A listing that is only looked at for directories. */
const READ = { recursive: true, sorted: false };

/**
 * Who releases a lock tidies up behind it. A holder that expires cannot: every member looks into the history now and then for nodes
 * that went, and the leader takes their directories away, if they are empty. Where nothing is written nothing is read.
 */
export class EmptyLocks {
  private readonly candidates = new Set<string>();
  private lookedUpTo = 0;
  private cancel: Cancel | undefined;

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
  }

  /** Removes the lock's directory and those above it, up to the first that something is in. Rejects with MemberError. */
  async tidy(lock: string): Promise<void> {
    for (let path = lock; path.length >= MODULES.length; path = parentOf(path)) {
      if (!this.isEmpty(path)) return;
      const removed = await this.member.propose(tidyCommand(path, this.clock.now()));
      if (!removed.ok && removed.code !== 100) return;
    }
  }

  private look(): void {
    if (this.member.indexes().etcdIndex !== this.lookedUpTo) this.lookBack();
    if (this.candidates.size === 0) return;
    const { leader } = this.member.status();
    for (const path of this.candidates) {
      if (!path.startsWith(MODULES) || !this.isEmpty(path)) this.candidates.delete(path);
      else if (leader?.id === this.member.id) void this.tidyLater(path);
    }
  }

  private lookBack(): void {
    const { events, etcdIndex, isCut } = this.member.past(LOCKS, this.lookedUpTo + 1);
    this.lookedUpTo = etcdIndex;
    for (const { action, node } of events) {
      if (isRemoval(action) && isBelow(node.key, LOCKS)) this.candidates.add(parentOf(node.key));
    }
    if (isCut) this.addAll(LOCKS);
  }

  /** A candidate that could not be removed is kept: whoever leads next may have to do it. */
  private async tidyLater(path: string): Promise<void> {
    try {
      await this.tidy(path);
      this.candidates.delete(path);
    } catch {
      // No leader any more.
    }
  }

  /** All directories there are: what became of them is not known any more. */
  private addAll(path: string): void {
    const read = this.member.peek(path, READ);
    if (!read.ok) return;
    const left = [read.node];
    for (let node = left.pop(); node !== undefined; node = left.pop()) {
      this.candidates.add(node.key);
      for (const child of node.nodes ?? []) if (child.dir) left.push(child);
    }
  }

  private isEmpty(path: string): boolean {
    const read = this.member.peek(path, { recursive: false, sorted: false });
    return read.ok && read.node.dir && read.node.nodes === undefined;
  }
}
