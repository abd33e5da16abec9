import type { ClusterChange } from '../machine/cluster/clusterState';
import { settingsOf, type ClusterSettings, type SettingsChange } from '../machine/cluster/clusterSettings';
import { canAllRead } from '../machine/batchRules';
import type { SettingsCommand } from '../machine/command';
import type { MemberInfo } from '../machine/cluster/members';
import type { MemberId } from '../raft/types';
import type { PendingRequests } from './pendingRequests';
import type { CurrentState } from './currentState';
import type { Clock } from '../platform/clock';
import { memberIdOf } from './identity';
import { refusalOfUpdate } from './membershipRules';
import type { MemberLogger } from './settings';
import { MemberError, MembershipError, type ClusterAdmin, type SettingsAdmin } from './types';

/** How often new URLs are judged anew that the leader, which has judged them by later members, or has others of the same moment, has not taken. */
const UPDATE_ROUNDS = 10;

/** The list of members and the settings of the cluster as this member has applied them, and what operators change about both. */
export class Membership implements ClusterAdmin, Omit<SettingsAdmin, 'standbyLooks'> {
  constructor(
    readonly clusterId: string,
    private readonly requests: PendingRequests,
    private readonly state: CurrentState,
    private readonly clock: Pick<Clock, 'now'>,
    private readonly logger: MemberLogger,
  ) {}

  members(): readonly MemberInfo[] {
    return this.state.machine.cluster.members();
  }

  clusterVersion(): string {
    return this.state.machine.cluster.version || 'not_decided';
  }

  async addMember(peerURLs: readonly string[]): Promise<MemberInfo> {
    // The time makes the id a new one, also for URLs that were a member's before.
    const id = memberIdOf(peerURLs, '', String(this.clock.now()));
    await this.change({ type: 'addMember', id, peerURLs, learner: true });
    return { id, name: '', peerURLs, clientURLs: [], learner: true };
  }

  removeMember(id: MemberId, options?: { readonly onlyIfLost: boolean }): Promise<void> {
    const onlyIfLost = options?.onlyIfLost === true;
    return this.change(onlyIfLost ? { type: 'removeMember', id, onlyIfLost } : { type: 'removeMember', id });
  }

  async updateMember(id: MemberId, peerURLs: readonly string[]): Promise<void> {
    for (let round = 1; !(await this.isUpdated(id, peerURLs)); round++) {
      if (round === UPDATE_ROUNDS) throw new MemberError('busy', 'other changes of the members came first; ask again');
    }
  }

  /** False: the leader has not taken it. By the members that this one knows after that it may be refused. */
  private async isUpdated(id: MemberId, peerURLs: readonly string[]): Promise<boolean> {
    await this.requests.readBarrier();
    const refusal = refusalOfUpdate(this.state.machine.cluster, id, peerURLs);
    if (refusal !== undefined) throw new MembershipError(refusal);
    try {
      await this.requests.propose({ type: 'updateMember', memberId: id, peerURLs });
      return true;
    } catch (error) {
      if (error instanceof MemberError && error.reason === 'noSpace') return false;
      throw error;
    }
  }

  clusterSettings(): ClusterSettings {
    return settingsOf(this.state.machine.keySpace.tree);
  }

  async changeSettings(change: SettingsChange): Promise<boolean> {
    const command: SettingsCommand = { type: 'settings', onlyIfUnset: false, change };
    if (!canAllRead(command, this.state.machine.cluster.level)) return false;
    await this.requests.propose(command);
    return true;
  }

  /** The client of etcd hears no reason for some refusals; the operator finds it in the log. */
  private async change(change: ClusterChange): Promise<void> {
    try {
      await this.requests.change(change);
    } catch (error) {
      if (error instanceof MembershipError && error.refusal === 'unhealthy') {
        this.logger.warn(
          { member: change.id, change: change.type },
          'refused a change of the members: of those who would vote after it no majority answers now. Remove members that ' +
            'are down first, or start them; --strict-reconfig-check=false turns this check off',
        );
      }
      throw error;
    }
  }
}
