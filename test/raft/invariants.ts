/** What must hold at every moment, whatever happens (paper figure 3), seen from outside of all members. */
import type { Entry, MemberId, Message } from '../../src/raft/types';
import type { TestMember } from './harness';

export class Invariants {
  /** Who led which term. */
  readonly leaders = new Map<number, MemberId>();
  /** Every entry that anybody ever applied; index 1 comes first. */
  readonly committed: Entry[] = [];
  private readonly checkedTo = new Map<MemberId, number>();

  constructor(private readonly members: readonly TestMember[]) {}

  check(member: TestMember): void {
    this.checkLeader(member);
    this.checkMachine(member);
  }

  /** The member's state machine starts over. */
  restarted(id: MemberId): void {
    this.checkedTo.set(id, 0);
  }

  /** Nothing leaves a member that its disk does not know. */
  checkMessage(member: TestMember, message: Message): void {
    const { disk } = member;
    if (message.type === 'appendResponse' && message.success) {
      const last = disk.entries.at(-1)?.index ?? disk.start.index;
      if (message.index > last) throw new Error(`${member.id} acknowledges ${message.index}, its disk ends at ${last}`);
    }
    if (message.type === 'voteResponse' && message.granted && !message.pre) {
      const { term, votedFor } = disk.hardState;
      const isKnown = term > message.term || (term === message.term && votedFor === message.to);
      if (!isKnown) throw new Error(`${member.id} votes for ${message.to} in ${message.term}, its disk does not`);
    }
  }

  /** Log matching: the same index and term mean the same history. */
  checkEqualMachines(ids: readonly MemberId[]): void {
    const chosen = this.members.filter(({ id }) => ids.includes(id));
    const histories = chosen.map(({ machine }) => machine.map((entry) => `${entry.index}@${entry.term}${entry.kind}`));
    for (const history of histories) expect(history).toEqual(histories[0]);
  }

  /** Election safety, and leader completeness: a new leader has everything that was ever committed. */
  private checkLeader(member: TestMember): void {
    const { role, term, firstIndex, lastIndex } = member.raft.status();
    if (role !== 'leader') return;
    const known = this.leaders.get(term);
    if (known === member.id) return;
    if (known !== undefined) throw new Error(`two leaders in term ${term}: ${known} and ${member.id}`);
    this.leaders.set(term, member.id);
    const held = new Map(member.raft.entries(firstIndex, lastIndex).map((entry) => [entry.index, entry.term]));
    for (const { index, term: entryTerm } of this.committed) {
      if (entryTerm >= term || index < firstIndex || held.get(index) === entryTerm) continue;
      throw new Error(`leader ${member.id} of term ${term} lacks ${index} of term ${entryTerm}`);
    }
  }

  /** State machine safety: whoever applies an index applies the same entry. */
  private checkMachine(member: TestMember): void {
    for (const entry of member.machine.slice(this.checkedTo.get(member.id) ?? 0)) {
      const known = this.committed[entry.index - 1];
      if (known === undefined) {
        this.committed.push(entry);
        this.checkMajority(member, entry);
      } else if (known.term !== entry.term || known.kind !== entry.kind) {
        throw new Error(`${member.id} applies ${entry.index} of term ${entry.term}, others of term ${known.term}`);
      }
    }
    this.checkedTo.set(member.id, member.machine.length);
  }

  /** Nothing is committed that could be lost: it is on enough disks to outlive any minority. */
  private checkMajority(member: TestMember, entry: Entry): void {
    const holds = ({ disk }: TestMember): boolean =>
      disk.start.index >= entry.index ||
      disk.entries.some(({ index, term }) => index === entry.index && term === entry.term);
    const holders = this.members.filter(holds).map(({ id }) => id);
    // Which configuration it was committed in is not known here (a later entry may have brought it); the smallest that could
    // have been gives the lower bound.
    const configurations = this.members.map(({ raft }) => raft.status().configuration);
    for (let index = entry.index; index <= member.raft.status().lastIndex; index += 1) {
      configurations.push(member.raft.logStartAt(index).configuration);
    }
    const smallest = Math.min(...configurations.map(({ voters }) => voters.length));
    if (holders.length < Math.floor(smallest / 2) + 1) {
      throw new Error(`entry ${entry.index} was applied, but is durable only on ${holders.join(',')}`);
    }
  }
}
