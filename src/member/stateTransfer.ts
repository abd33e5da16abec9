import type { Raft } from '../raft/raft';
import type { LogStart, MemberId } from '../raft/types';
import type { MemberStore } from '../storage/memberStore';
import type { MemberLogger } from './settings';
import type { Transport } from './transport';

/** Streams this member's state to followers that need entries it no longer has (paper section 7). */
export class StateSender {
  private readonly under = new Set<MemberId>();

  constructor(
    private readonly raft: Raft,
    private readonly store: MemberStore,
    private readonly transport: Transport,
    private readonly logger: MemberLogger,
    private readonly wake: () => void,
  ) {}

  /** One stream to a follower at a time; the leader goes on serving beside it. */
  send(to: MemberId): void {
    if (this.under.has(to)) return;
    this.under.add(to);
    void this.stream(to).finally(() => {
      this.under.delete(to);
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
