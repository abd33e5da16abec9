import type { Command } from '../machine/command';
import type { Raft } from '../raft/raft';
import type { CurrentState } from './currentState';
import { refusalOfUpdate } from './membershipRules';

/**
 * New URLs of members at the leader: one change of the members at a time, so that each is judged by the members there are when it is
 * applied. What a member says of itself is a command of the log, of which raft does not see that it changes the members.
 */
export class MemberUpdates {
  private term = 0;
  /** Up to here in the log there may be a change of the members. */
  private changedAt = 0;

  constructor(
    private readonly raft: Pick<Raft, 'term' | 'applied' | 'status'>,
    private readonly state: CurrentState,
  ) {}

  /** Whether a change may be in the log that is not applied. */
  get areUnderWay(): boolean {
    const { raft } = this;
    if (raft.term !== this.term) {
      // What the leaders before left in the log was not seen here.
      this.term = raft.term;
      this.changedAt = raft.status().lastIndex;
    }
    return raft.applied < this.changedAt;
  }

  /** Whether one of these has to wait until another change of the members is applied. */
  mustWait(commands: readonly Command[]): boolean {
    return commands.some(isUpdate) && this.areUnderWay;
  }

  /**
   * The places of those that are not taken: by the members there are they are not possible, or there is another one in the same batch. Who
   * asked looks what has become of the members, and asks again.
   */
  refused(commands: readonly Command[]): readonly number[] {
    const { cluster } = this.state.machine;
    const first = commands.findIndex(isUpdate);
    if (first < 0) return [];
    return commands.flatMap((command, place) => {
      if (command.type !== 'updateMember') return [];
      const isTaken = place === first && refusalOfUpdate(cluster, command.memberId, command.peerURLs) === undefined;
      return isTaken ? [] : [place];
    });
  }

  /** The commands, or a change of the members, are in the log. */
  proposed(commands: readonly Command[] | 'change', index: number): void {
    if (commands !== 'change' && !commands.some(isUpdate)) return;
    this.term = this.raft.term;
    this.changedAt = index;
  }
}

function isUpdate({ type }: Command): boolean {
  return type === 'updateMember';
}
