import type { Command } from '../machine/command';
import type { Raft } from '../raft/raft';
import type { CurrentState } from './currentState';
import type { Clock } from '../platform/clock';
import type { MemberLogger } from './settings';

/** This member's state is not that of the majority; it must not answer anybody any more. */
export class StateDiffersError extends Error {
  override readonly name = 'StateDiffersError';
}

const IN_DOUBT =
  'the states of the members differ and none has a majority: nobody can tell which is right, so writes are refused. Decide whose ' +
  'data is to be kept; stop every other member, move its data directory aside, and start it again: with --auto-rejoin it takes ' +
  'its place as a new member, otherwise remove it from the cluster and add it again';

/**
 * Has the members compare their states from time to time (machine/cluster/integrity). A difference is logged on every member;
 * the one that is alone with its state goes out of service for good, and where no majority agrees nobody takes writes
 * until an operator has decided. Both need a checkpoint that came through the log.
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

  /** On a leader with others: asks for a comparison, unless nothing changed since the last one and that left no doubt. */
  propose(): void {
    const { raft, state } = this;
    const { index } = state.machine.keySpace;
    const isAlone = raft.status().configuration.voters.length < 2;
    const isKnown = index === this.proposedAtIndex && state.machine.integrity.doubt === 0;
    if (raft.leader !== raft.id || isAlone || isKnown) return;
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
    // Others may refuse writes by what this member has missed, and it would take them.
    if (this.raft.leader === this.raft.id && integrity.takeMissed()) this.propose();
    const verdict = integrity.takeVerdict();
    if (verdict === undefined) return;
    this.mismatches++;
    if (!verdict.hasMajority) {
      this.logger.error({ ...verdict }, IN_DOUBT);
      return;
    }
    this.logger.error({ ...verdict }, 'the states of the members differ');
    // What this member computed at that checkpoint counts, not what somebody says that it reported.
    if (latest?.checkpoint !== verdict.checkpoint || latest.digest === verdict.digest) return;
    throw new StateDiffersError(
      'the state of this member differs from that of the majority: its data directory is marked and not served from again; ' +
        'with --auto-rejoin the next start moves it aside and takes its place as a new member',
    );
  }

  /** What is lost is made up for by the next comparison. */
  private submitQuietly(command: Command): void {
    this.submit(command).catch(() => undefined);
  }
}
