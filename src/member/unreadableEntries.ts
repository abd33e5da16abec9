import type { Clock } from '../platform/clock';
import type { MemberLogger } from './settings';

const INTERVAL_MS = 30_000;

/** Says that entries of the log had no effect: one line in half a minute, however many there are. */
export class UnreadableEntries {
  private count = 0;
  private saidMs: number | undefined;

  constructor(
    private readonly clock: Pick<Clock, 'now'>,
    private readonly logger: MemberLogger,
  ) {}

  note(index: number, fault: string): void {
    this.count++;
    const nowMs = this.clock.now();
    // The clock may have been set back.
    if (this.saidMs !== undefined && Math.abs(nowMs - this.saidMs) < INTERVAL_MS) return;
    this.saidMs = nowMs;
    this.logger.error(
      { index, fault, entries: this.count },
      'an entry of the log had no effect, on any member: it is nothing that a sound member proposes. Look for a member that ' +
        'is not of this cluster or runs another program, and for who can reach the peer port',
    );
  }
}
