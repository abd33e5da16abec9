import { encodeChange, type ProposedChange } from '../machine/cluster/clusterRows';
import type { Command } from '../machine/command';
import type { CommandBatch } from '../machine/commandCodec';
import { isKeyTooLong } from '../machine/commandRules';
import { faultOfBatch, faultOfLevel, isClients, isLeaders } from '../machine/batchRules';
import type { Raft } from '../raft/raft';
import type { MemberId } from '../raft/types';
import type { RefusedRequest } from './forwardedRequest';
import { MemberUpdates } from './memberUpdates';
import { configurationAfter, refusalOf } from './membershipRules';
import type { CurrentState } from './currentState';
import type { Quota } from './quota';

/** Why the leader did not take something; undefined: it is in the log. */
export type Declined = RefusedRequest['reason'] | undefined;

/** Where the leader takes in what it and the other members' clients want, and puts it into the log. */
export class ProposalAdmission {
  private readonly updates: MemberUpdates;

  /** @param strict --strict-reconfig-check */
  constructor(
    private readonly raft: Raft,
    private readonly state: CurrentState,
    private readonly strict: boolean,
    private readonly quota: Quota,
  ) {
    this.updates = new MemberUpdates(raft, state);
  }

  /** Whether `id` may ask for anything: a member as this one has applied it, or as raft goes by already. */
  knows(id: MemberId): boolean {
    if (this.state.machine.cluster.find(id) !== undefined) return true;
    const { voters, learners } = this.raft.configuration;
    return voters.includes(id) || learners.includes(id);
  }

  /** What is wrong with a batch that `from` wants in the log; undefined if nothing is. */
  faultOfForwarded(from: MemberId, batch: CommandBatch): string | undefined {
    if (batch.origin !== from) return 'commands in the name of another member';
    if (batch.commands.some(isLeaders)) return 'a command that only the leader gives';
    return faultOfBatch(batch);
  }

  /** What a member can hold of the store, by its own word; 0: no limit. */
  toldQuota(member: MemberId, bytes: number): void {
    this.quota.told(member, bytes);
  }

  /** Whether the leader refuses what makes the store larger, by its own word. */
  toldAlarm(leader: MemberId, isFull: boolean): void {
    this.quota.toldAlarm(leader, isFull);
  }

  get isFull(): boolean {
    return this.quota.alarm;
  }

  /**
   * A batch encoded by machine/commandCodec, whose commands were checked. Answers the places of commands if these are not taken, mostly
   * as the store has no room for them: then nothing of the batch was taken.
   */
  proposeCommands(data: Uint8Array, commands: readonly Command[]): Declined | readonly number[] {
    // Whoever does not lead has not heard from the others what they can hold.
    if (this.raft.leader !== this.raft.id) return 'later';
    // A new leader may be behind the one who asks, which has seen the level in force rise already.
    if (faultOfLevel(commands, this.state.machine.cluster.level) !== undefined) return 'later';
    // Of the states that differ nobody knows which is right. Whoever asks may not have heard of it yet, which is a matter of moments.
    if (this.state.machine.integrity.doubt !== 0 && commands.some(isClients)) return 'later';
    if (this.updates.mustWait(commands)) return 'later';
    const untaken = [...this.updates.refused(commands), ...keysTooLong(commands)];
    if (untaken.length > 0) return untaken;
    const { refused, growth } = this.quota.judge(commands);
    if (refused.length > 0) return refused;
    const result = this.raft.propose(data);
    if (result.ok) {
      this.quota.proposed(result.index, growth);
      this.updates.proposed(commands, result.index);
      return undefined;
    }
    return result.reason === 'tooLarge' ? 'tooLarge' : 'later';
  }

  /**
   * Checked against the members there are once everything before is applied; raft takes one change at a time, so nothing
   * comes in between. A configuration is in force as soon as it is in the log: one whose majority does not answer could never
   * be committed, nor taken back.
   */
  proposeChange(proposed: ProposedChange): Declined {
    const { raft } = this;
    if (raft.leader !== raft.id || raft.applied < raft.commit || this.updates.areUnderWay) return 'later';
    const refusal = refusalOf(this.state.machine.cluster, proposed.change);
    if (refusal !== undefined) return refusal;
    if (proposed.change.type === 'removeMember' && proposed.change.onlyIfLost === true) {
      const runs = raft.hears(proposed.change.id);
      if (runs !== false) return runs === undefined ? 'later' : 'running';
    }
    const { configuration } = raft.status();
    const next = configurationAfter(configuration, proposed.change);
    if (this.strict && next.voters.length !== configuration.voters.length) {
      const keepsQuorum = raft.hearsQuorumOf(next);
      if (keepsQuorum !== true) return keepsQuorum === undefined ? 'later' : 'unhealthy';
    }
    const result = raft.proposeConfiguration(next, encodeChange(proposed));
    if (!result.ok) return 'later';
    this.updates.proposed('change', result.index);
    return undefined;
  }
}

/** Others are trusted no further than clients: what no API lets through is not taken from them either. */
function keysTooLong(commands: readonly Command[]): readonly number[] {
  return commands.flatMap((command, place) => (isKeyTooLong(command) ? [place] : []));
}
