import { encodeChange, type ProposedChange } from '../machine/cluster/clusterRows';
import type { Raft } from '../raft/raft';
import type { RefusedRequest } from './forwarding';
import { configurationAfter, refusalOf } from './membershipRules';
import type { CurrentState } from './currentState';

/** Why the leader did not take something; undefined: it is in the log. */
export type Declined = RefusedRequest['reason'] | undefined;

/** Where the leader takes in what it and the other members' clients want, and puts it into the log. */
export class LeaderDesk {
  /** @param strict --strict-reconfig-check */
  constructor(
    private readonly raft: Raft,
    private readonly state: CurrentState,
    private readonly strict: boolean,
  ) {}

  /** A batch encoded by machine/commandCodec. */
  proposeCommands(data: Uint8Array): Declined {
    const result = this.raft.propose(data);
    if (result.ok) return undefined;
    return result.reason === 'tooLarge' ? 'tooLarge' : 'later';
  }

  /**
   * Checked against the members there are once everything before is applied; raft takes one change at a time, so nothing
   * comes in between. A configuration is in force as soon as it is in the log: one whose majority does not answer could never
   * be committed, nor taken back.
   */
  proposeChange(proposed: ProposedChange): Declined {
    const { raft } = this;
    if (raft.leader !== raft.id || raft.applied < raft.commit) return 'later';
    const refusal = refusalOf(this.state.machine.cluster, proposed.change);
    if (refusal !== undefined) return refusal;
    const { configuration } = raft.status();
    const next = configurationAfter(configuration, proposed.change);
    if (this.strict && next.voters.length !== configuration.voters.length) {
      const keepsQuorum = raft.hearsQuorumOf(next);
      if (keepsQuorum !== true) return keepsQuorum === undefined ? 'later' : 'unhealthy';
    }
    return raft.proposeConfiguration(next, encodeChange(proposed)).ok ? undefined : 'later';
  }
}
