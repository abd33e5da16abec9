import type { Raft } from '../raft/raft';
import type { LogStart, MemberId } from '../raft/types';
import type { MemberStore } from '../storage/memberStore';
import type { MemberLogger } from './settings';
import type { Transport } from './transport';

/** Streams this member's state to followers that need entries it no longer has (paper section 7). */
export class StateSender {
  /** Followers with a stream under way, and the index after which they will need the log. */
  private readonly streams = new Map<MemberId, number>();

  constructor(
    private readonly raft: Raft,
    private readonly store: MemberStore,
    private readonly transport: Transport,
    private readonly logger: MemberLogger,
    private readonly wake: () => void,
  ) {}

  /**
   * The log up to here may go. What follows is held back for those who are being sent a state: otherwise a busy leader would
   * have compacted it by the time they could use it, and they would need a state again.
   */
  get compactionLimit(): number {
    return Math.min(...this.streams.values());
  }

  /** One stream to a follower at a time; the leader goes on serving beside it. */
  send(to: MemberId): void {
    if (this.streams.has(to)) return;
    this.streams.set(to, this.store.applied);
    void this.stream(to).finally(() => {
      this.streams.delete(to);
      this.wake();
    });
  }

  private async stream(to: MemberId): Promise<void> {
    let start: LogStart | undefined;
    try {
      const exported = await this.store.exportState();
      start = exported.start;
      this.logger.info({ to, index: start.index }, 'sending the state to a follower that is far behind');
      try {
        await this.transport.sendSnapshot(to, start, exported.chunks);
      } finally {
        await exported.close();
      }
      this.logger.info({ to, index: start.index }, 'the follower has the state');
      this.raft.snapshotSent(to, start.index, true);
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      this.logger.warn({ to, reason }, 'sending the state failed; it will be tried again');
      this.raft.snapshotSent(to, start?.index ?? 0, false);
    }
  }
}
