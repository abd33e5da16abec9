/** Keeps the nodes of the clients that wait at this member alive, as long as they do. */
import type { KeyWriter, OwnReader } from '../../member/types';
import type { Cancel, Clock } from '../../platform/clock';
import { stayCommand } from './lockCommands';

/** Three times within the life of a node: one refresh may be lost, and one may find no leader. */
const EVERY_MS = 5000;
const LOOK_MS = 500;
/** Those that came at once do not fill the member's queue of writes. */
const AT_ONCE_MAX = 1000;

interface Kept {
  /** By the monotonic clock. */
  readonly dueMs: number;
  /** By what this member has applied. A node that has the lock is its holder's to keep. */
  readonly isWaiting: () => boolean;
}

export class KeepAlive {
  /** The first that is due is the first. */
  private readonly kept = new Map<string, Kept>();
  private cancel: Cancel | undefined;

  constructor(
    private readonly member: OwnReader & KeyWriter,
    private readonly clock: Clock,
  ) {}

  /** For the node of a client that waits; idempotent. */
  add(key: string, isWaiting: () => boolean): void {
    if (this.kept.has(key)) return;
    this.kept.set(key, { dueMs: this.clock.monotonicMs() + EVERY_MS, isWaiting });
    this.cancel ??= this.clock.every(LOOK_MS, () => {
      this.look();
    });
  }

  /** It has the lock, or nobody waits for it. */
  delete(key: string): void {
    this.kept.delete(key);
    if (this.kept.size > 0) return;
    this.cancel?.();
    this.cancel = undefined;
  }

  /** Resolves when it is done, or was not possible: the next time comes. */
  async refresh(key: string): Promise<void> {
    if (this.kept.get(key)?.isWaiting() !== true) return;
    // Of the same turn as the answer that it waits: who got the lock later has written the node since.
    const seen = this.member.look(key, { recursive: false, sorted: false });
    if (!seen.ok) return;
    try {
      await this.member.propose(stayCommand(key, seen.node.modifiedIndex, this.clock.now()));
    } catch {
      // No leader, say. If it stays so, the node expires once there is one, and whoever waits asks again.
    }
  }

  private look(): void {
    const nowMs = this.clock.monotonicMs();
    let done = 0;
    for (const [key, { dueMs, isWaiting }] of this.kept) {
      // What is put behind is not due yet, so the walk ends there.
      if (dueMs > nowMs || done === AT_ONCE_MAX) return;
      done += 1;
      this.kept.delete(key);
      this.kept.set(key, { dueMs: nowMs + EVERY_MS, isWaiting });
      void this.refresh(key);
    }
  }
}
