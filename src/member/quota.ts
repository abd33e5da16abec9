import type { AuthChange } from '../machine/auth/change';
import { sizeOfAuthChange } from '../machine/auth/changeKinds';
import type { Command } from '../machine/command';
import { parentOf } from '../machine/keyspace/path';
import { NODE_BYTES } from '../machine/keyspace/tree';
import type { Raft } from '../raft/raft';
import type { MemberId } from '../raft/types';
import type { CurrentState } from './currentState';

/** Once full, the store takes writes again when it is below this share: an alarm that comes and goes helps nobody. */
const CLEAR_SHARE = 0.95;

/** What a row of users and roles costs beside its text. */
const AUTH_ROW_BYTES = 256;

/** The name of a child that is made in order. */
const ORDER_BYTES = 21;

/** What a batch would do to the store. */
export interface Judgement {
  /** Places of commands in the batch for which there is no room. If there are any, the batch may not be proposed. */
  readonly refused: readonly number[];
  /** Bytes that the batch may add. */
  readonly growth: number;
}

/**
 * How large the store may become. The tree lives in memory: one that does not fit ends the member, and each start after it. The
 * leader judges before it proposes, by its own tree, for all members' clients, and by the lowest limit of all members: every one
 * of them has to hold the same tree. The state machine never judges: its answers must not depend on a member's memory.
 *
 * What a leader before this one has put into the log and is not applied yet is not counted: that is bounded by raft, and the
 * limit leaves more room than that.
 */
export class Quota {
  private isFull = false;
  /** As the other members told it; 0: no limit. */
  private readonly others = new Map<MemberId, number>();
  /** What this leader has proposed and not yet applied, in the order of the log. */
  private underWay: { readonly index: number; readonly growth: number }[] = [];
  private underWayBytes = 0;
  private term = 0;
  /** What the leader of a term said of its alarm. */
  private atLeader: { readonly leader: MemberId; readonly term: number } | undefined;

  /** @param bytes what this member can hold; 0: no limit */
  constructor(
    private readonly state: CurrentState,
    readonly bytes: number,
    private readonly raft: Pick<Raft, 'id' | 'leader' | 'applied' | 'term' | 'configuration'>,
  ) {}

  /**
   * What all members can hold, as far as they said so; Infinity: no limit. They say it to the leader, so what one that led before
   * remembers may be out of date.
   */
  get limit(): number {
    const { id: ownId, leader, configuration } = this.raft;
    let lowest = this.bytes || Infinity;
    if (leader !== ownId) return lowest;
    // Each batch asks, so nothing is made here.
    for (const id of configuration.voters) lowest = Math.min(lowest, this.others.get(id) || Infinity);
    for (const id of configuration.learners) lowest = Math.min(lowest, this.others.get(id) || Infinity);
    return lowest;
  }

  /** The alarm NOSPACE of etcd: at the leader for the lowest limit, at every other member for its own, or if the leader has it. */
  get alarm(): boolean {
    return this.alarmAt(this.limit);
  }

  private alarmAt(limit: number): boolean {
    const { used } = this;
    if (used >= limit) this.isFull = true;
    else if (used < limit * CLEAR_SHARE) this.isFull = false;
    return this.isFull || this.isFullAtLeader;
  }

  /** What another leader, or one of another term, said does not count. */
  private get isFullAtLeader(): boolean {
    const { id, leader, term } = this.raft;
    return leader !== undefined && leader !== id && this.atLeader?.leader === leader && this.atLeader.term === term;
  }

  /** The leader says whether it refuses what makes the store larger. */
  toldAlarm(leader: MemberId, isFull: boolean): void {
    this.atLeader = isFull ? { leader, term: this.raft.term } : undefined;
  }

  /** Nearly what the store costs in memory. */
  get used(): number {
    return this.state.machine.bytes;
  }

  /** @param bytes what the member can hold; 0: no limit */
  told(member: MemberId, bytes: number): void {
    this.others.set(member, bytes);
  }

  /** For the leader, before it proposes. What makes nothing larger always has room. */
  judge(commands: readonly Command[]): Judgement {
    const { limit } = this;
    if (limit === Infinity) return { refused: [], growth: 0 };
    const alarm = this.alarmAt(limit);
    this.forgetApplied();
    const room = limit - this.used - this.underWayBytes;
    const refused: number[] = [];
    let growth = 0;
    commands.forEach((command, place) => {
      const more = this.growthOf(command);
      if (more > 0 && (alarm || growth + more > room)) refused.push(place);
      else growth += more;
    });
    if (refused.length > 0 && this.used >= limit * CLEAR_SHARE) this.isFull = true;
    return { refused, growth };
  }

  /** The batch is in the log. @param growth as `judge` answered */
  proposed(index: number, growth: number): void {
    if (growth === 0) return;
    this.underWay.push({ index, growth });
    this.underWayBytes += growth;
  }

  private forgetApplied(): void {
    const { applied, term } = this.raft;
    // In another term the log may have lost some of it.
    const done = term === this.term ? this.underWay.findIndex(({ index }) => index > applied) : -1;
    const gone = this.underWay.splice(0, done === -1 ? this.underWay.length : done);
    for (const { growth } of gone) this.underWayBytes -= growth;
    this.term = term;
  }

  /** Bytes by which the command can make the store larger; 0: none. */
  private growthOf(command: Command): number {
    switch (command.type) {
      case 'set':
      case 'create':
      case 'update':
      case 'compareAndSwap': {
        if ('refresh' in command && command.refresh) return 0;
        const node = this.state.machine.keySpace.tree.find(command.path);
        if (command.type === 'create' && command.inOrder) {
          const child = NODE_BYTES + command.path.length + ORDER_BYTES + command.value.length;
          return child + this.missingFrom(command.path);
        }
        if (node === undefined) return this.missingFrom(command.path) + command.value.length;
        return node.dir ? 0 : Math.max(0, command.value.length - node.value.length);
      }
      case 'auth':
        return this.growthOfAuth(command.change);
      case 'delete':
      case 'compareAndDelete':
      case 'sync':
      case 'publish':
      case 'updateMember':
      case 'checkpoint':
      case 'report':
      case 'settings':
        return 0;
    }
  }

  /** What takes a right away, or changes a password, always has room; and so has switching auth on and off. */
  private growthOfAuth(change: AuthChange): number {
    switch (change.type) {
      case 'createUser':
      case 'createRole':
        return AUTH_ROW_BYTES + sizeOfAuthChange(change);
      case 'createOrUpdateUser':
        return this.state.machine.auth.user(change.user) === undefined ? AUTH_ROW_BYTES + sizeOfAuthChange(change) : 0;
      case 'updateUser':
        return change.grant.length > 0 ? sizeOfAuthChange(change) : 0;
      case 'updateRole':
        return change.grant === undefined ? 0 : sizeOfAuthChange(change);
      case 'deleteUser':
      case 'deleteRole':
      case 'enable':
      case 'disable':
        return 0;
    }
  }

  /** What the nodes cost that are missing on the way down to `path`, with the last one. */
  private missingFrom(path: string): number {
    const { tree } = this.state.machine.keySpace;
    let bytes = 0;
    for (let at = path; tree.find(at) === undefined; at = parentOf(at)) bytes += NODE_BYTES + at.length;
    return bytes;
  }
}
