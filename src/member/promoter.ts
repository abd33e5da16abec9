import type { ClusterChange } from '../machine/cluster/clusterState';
import type { Raft } from '../raft/raft';
import type { CurrentState } from './currentState';

/** A learner that is no more entries behind than this, and answers, may vote: it cannot hold up a commit for long. */
const LAG_MAX = 100;

/**
 * The leader makes voters of learners that have caught up (thesis section 4.2.1) and have said who they are. One that votes has a
 * name on every member, so if it loses its disk it is known to have been started, and comes back under another id.
 */
export class Promoter {
  promoted = 0;
  failed = 0;
  private proposed = false;

  constructor(
    private readonly raft: Raft,
    private readonly state: CurrentState,
    private readonly propose: (change: ClusterChange) => Promise<void>,
  ) {}

  /** At each tick (chores.ts). */
  check(): void {
    const { raft } = this;
    if (this.proposed || raft.leader !== raft.id) return;
    const { progress, commit } = raft.status();
    const learner = progress.find(
      (peer) =>
        peer.learner &&
        peer.recentlyActive &&
        peer.state === 'replicate' &&
        peer.matchIndex + LAG_MAX >= commit &&
        this.state.machine.cluster.find(peer.id)?.name !== '',
    );
    if (learner === undefined) return;
    this.proposed = true;
    this.propose({ type: 'promoteMember', id: learner.id }).then(
      () => {
        this.proposed = false;
        this.promoted++;
      },
      () => {
        this.proposed = false;
        this.failed++;
      },
    );
  }
}
