import type { CurrentState } from './currentState';
import type { Raft } from '../raft/raft';
import type { Clock } from '../platform/clock';
import { EXPIRE_MAX } from './settings';
import type { Command } from '../machine/command';

/**
 * The leader's clock drives expiry on every member: when something is due it proposes `sync(now)` (design section 2). A
 * large number of due keys goes in slices, the next as soon as the one before is applied, so that writes come in between.
 */
export class ExpiryClock {
  private proposed = false;

  constructor(
    private readonly raft: Raft,
    private readonly state: CurrentState,
    private readonly clock: Clock,
    private readonly propose: (command: Command) => Promise<unknown>,
  ) {}

  check(): void {
    const nowMs = this.clock.now();
    if (this.proposed || this.raft.leader !== this.raft.id || !this.state.machine.keySpace.isDue(nowMs)) return;
    this.proposed = true;
    const again = (): void => {
      this.proposed = false;
    };
    this.propose({ type: 'sync', nowMs, expireMax: EXPIRE_MAX }).then(() => {
      again();
      this.check();
    }, again);
  }
}
