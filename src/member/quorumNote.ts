import type { MemberInfo } from '../machine/cluster/members';
import { quorumHolds } from '../raft/quorum';
import type { Raft } from '../raft/raft';
import type { MemberId } from '../raft/types';
import type { MemberLogger } from './settings';

/** An election takes less, and so does it until a link to a host that is gone is given up (three election timeouts). */
const PATIENCE_MIN_MS = 3000;
const PATIENCE_ELECTIONS = 4;

/** Some say that this member was removed, and too few that it could be taken for true. */
const WHAT_TO_DO =
  'which counts once a majority of the other voters says so: if `member list` there does not show this one, stop it and move its data ' +
  'directory aside';

/** What it looks at. */
export interface QuorumNoteParts {
  readonly raft: Pick<Raft, 'id' | 'leader' | 'configuration'>;
  readonly members: () => readonly MemberInfo[];
  /** The members to and from which the streams are up. */
  readonly linked: () => readonly MemberId[];
  /** The members where this one is told that it was removed. */
  readonly sayingRemoved: () => readonly MemberId[];
  readonly logger: MemberLogger;
  readonly electionTimeoutMs: number;
}

/**
 * Says in the log what an operator has to look at when there is no leader for some seconds, also after a start: who does not answer,
 * and where that member should be. One line each time; leaderObserver.ts says when there is a leader again.
 */
export class QuorumNote {
  private leaderlessSinceMs: number | undefined;
  private said = false;

  constructor(private readonly parts: QuorumNoteParts) {}

  /** With each tick. @param nowMs of a clock that only goes forward */
  check(nowMs: number): void {
    const { raft, electionTimeoutMs } = this.parts;
    if (raft.leader !== undefined) {
      this.leaderlessSinceMs = undefined;
      this.said = false;
      return;
    }
    this.leaderlessSinceMs ??= nowMs;
    const patienceMs = Math.max(PATIENCE_MIN_MS, PATIENCE_ELECTIONS * electionTimeoutMs);
    if (this.said || nowMs - this.leaderlessSinceMs < patienceMs) return;
    this.said = true;
    this.say(nowMs - this.leaderlessSinceMs);
  }

  private say(leaderlessMs: number): void {
    const { raft, logger } = this.parts;
    const { voters } = raft.configuration;
    const linked = new Set(this.parts.linked());
    const missing = voters.filter((id) => id !== raft.id && !linked.has(id));
    const fields = { voters: voters.length, answering: voters.length - missing.length, leaderlessMs };
    if (quorumHolds(voters, (id) => !missing.includes(id))) {
      const others = voters.filter((id) => id !== raft.id && linked.has(id));
      logger.warn(fields, `no leader, though a quorum is connected: see the logs of ${this.named(others)}`);
      return;
    }
    const saying = new Set(this.parts.sayingRemoved());
    const silent = missing.filter((id) => !saying.has(id));
    const answering = missing.filter((id) => saying.has(id));
    const said = [
      ...(silent.length === 0 ? [] : [`waiting for ${this.named(silent)}`]),
      ...(answering.length === 0
        ? []
        : [`told that this member was removed at ${this.named(answering)}, ${WHAT_TO_DO}`]),
    ];
    logger.warn(fields, `no quorum: ${said.join('; ')}`);
  }

  /** `infra1 (http://10.0.1.11:2380), ...` */
  private named(ids: readonly MemberId[]): string {
    const members = new Map(this.parts.members().map((member) => [member.id, member]));
    return ids
      .map((id) => {
        const { name = '', peerURLs = [] } = members.get(id) ?? {};
        const shown = name === '' ? id : name;
        return peerURLs.length === 0 ? shown : `${shown} (${peerURLs.join(' ')})`;
      })
      .join(', ');
  }
}
