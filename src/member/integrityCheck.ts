import type { Command } from '../machine/command';
import type { Raft } from '../raft/raft';
import type { CurrentState } from './currentState';
import type { Clock } from './environment';
import type { MemberLogger } from './settings';

/** This member's state is not that of the majority; it must not answer anybody any more. */
export class StateDiffersError extends Error {
  override readonly name = 'StateDiffersError';
}

/**
 * Has the members compare their states from time to time (machine/cluster/integrity). A difference is logged on every member;
 * the one that is alone with its state goes out of service.
 */
export class IntegrityCheck {
  /** Differences that were found since this member was started. */
  mismatches = 0;
  private reportedCheckpoint = 0;
  private proposedAtIndex = 0;

  constructor(
    private readonly raft: Raft,
    private readonly state: CurrentState,
    private readonly clock: Clock,
    private readonly logger: MemberLogger,
    private readonly submit: (command: Command) => Promise<unknown>,
  ) {}

  /** On a leader with others: asks for a comparison, unless nothing changed since the last one. */
  propose(): void {
    const { raft, state } = this;
    const { index } = state.machine.keySpace;
    const isAlone = raft.status().configuration.voters.length < 2;
    if (raft.leader !== raft.id || isAlone || index === this.proposedAtIndex) return;
    this.proposedAtIndex = index;
    this.submitQuietly({ type: 'checkpoint', checkpoint: this.clock.now() });
  }

  /** After entries were applied: reports at a new checkpoint, and acts on a verdict. @throws StateDiffersError */
  check(): void {
    const { integrity } = this.state.machine;
    const { latest } = integrity;
    if (latest !== undefined && latest.checkpoint !== this.reportedCheckpoint) {
      this.reportedCheckpoint = latest.checkpoint;
      this.submitQuietly({ type: 'report', memberId: this.raft.id, ...latest });
    }
    const verdict = integrity.takeVerdict();
    if (verdict === undefined) return;
    this.mismatches++;
    this.logger.error({ ...verdict }, 'the states of the members differ');
    if (!verdict.hasMajority || !verdict.odd.includes(this.raft.id)) return;
    throw new StateDiffersError(
      'the state of this member differs from that of the majority; remove its data directory and start it again, ' +
        'it will get the state from the others',
    );
  }

  /** What is lost is made up for by the next comparison. */
  private submitQuietly(command: Command): void {
    this.submit(command).catch(() => undefined);
  }
}
