import type { Raft } from '../raft/raft';
import type { RaftStatus } from '../raft/types';

/** Whether a member may be sent traffic. */
export class Readiness {
  /** What was committed when it started is to be applied first. */
  private readonly committedAtStart: number;

  constructor(private readonly raft: Raft) {
    this.committedAtStart = raft.commit;
  }

  /**
   * A learner is not ready: whoever restarts or replaces members one by one, waiting for each, must not go on to the next while
   * this one does not count for the quorum.
   */
  isReady({ leader, applied, configuration }: RaftStatus): boolean {
    return leader !== undefined && applied >= this.committedAtStart && configuration.voters.includes(this.raft.id);
  }
}
