/** What only a leader has; it is gone with the leadership (paper figure 2, "volatile state on leaders"). */
import { compareIds } from './configuration';
import type { Progress } from './progress';
import { ReadRounds } from './reads';
import type { MemberId } from './types';

export interface Transfer {
  readonly to: MemberId;
  ticks: number;
  /** The target was told to campaign. */
  announced: boolean;
}

export class Leadership {
  readonly reads = new ReadRounds();
  transfer: Transfer | undefined;
  heartbeatElapsed = 0;
  /** How long it has lasted. */
  ticks = 0;
  /** Data bytes in entries after the commit index. */
  uncommittedBytes = 0;
  private readonly byId = new Map<MemberId, Progress>();
  private sorted: readonly Progress[] = [];

  /** Everybody else, in the order of their ids. */
  get peers(): readonly Progress[] {
    return this.sorted;
  }

  peer(id: MemberId): Progress | undefined {
    return this.byId.get(id);
  }

  addPeer(peer: Progress): void {
    this.byId.set(peer.id, peer);
    this.sort();
  }

  removePeer(id: MemberId): void {
    this.byId.delete(id);
    this.sort();
  }

  private sort(): void {
    this.sorted = [...this.byId.values()].sort((left, right) => compareIds(left.id, right.id));
  }
}
