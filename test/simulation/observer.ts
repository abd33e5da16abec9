import type { Machine } from '../../src/machine/machine';
import type { LocalMember } from '../../src/member/localMember';
import type { Entry } from '../../src/raft/types';
import { insideOf, stateOf } from './inside';
import type { MemberInside, RaftInside } from './inside';
import type { World } from './world';

/** Watches one member from the inside, from the moment its store is loaded. */
export class Observer {
  readonly inside: MemberInside;
  private readonly raft: RaftInside;
  private machine: Machine;
  private nextApplied: number;
  private term = 0;
  private commit = 0;
  private storeIndex = 0;
  private startIndex: number;
  private lastIndex = 0;
  private wasLeader = false;

  constructor(
    private readonly world: World,
    private readonly name: string,
    private readonly member: LocalMember,
  ) {
    this.inside = insideOf(member);
    this.raft = stateOf(this.inside.raft);
    this.machine = this.inside.state.machine;
    this.nextApplied = this.raft.log.applied + 1;
    this.startIndex = this.raft.log.startIndex;
    this.checkRestored();
    this.watchLog();
    this.watchApplying();
  }

  get isLeader(): boolean {
    return this.raft.role === 'leader';
  }

  get role(): string {
    return this.raft.role;
  }

  get applied(): number {
    return this.raft.log.applied;
  }

  /** After every event of this member: what never goes back has not gone back, and what it is may be. */
  look(): void {
    const { judge, faults } = this.world;
    const { log, term, role } = this.raft;
    const index = this.inside.state.machine.keySpace.index;
    if (term < this.term || log.commit < this.commit || index < this.storeIndex) {
      judge.broken('indexes never go back', `${this.name}: term ${term}, commit ${log.commit}, index ${index}`);
    }
    const isNewTerm = term > this.term;
    [this.term, this.commit, this.storeIndex] = [term, log.commit, index];
    if (role === 'leader') {
      if (!this.wasLeader || isNewTerm) this.begunToLead();
      judge.check(log.lastIndex >= this.lastIndex, 'leader append-only', () => `${this.name} shortened its log`);
      this.lastIndex = log.lastIndex;
    }
    this.wasLeader = role === 'leader';
    if (log.startIndex > this.startIndex && this.machine === this.inside.state.machine) faults.count('log compacted');
    this.startIndex = log.startIndex;
    if (this.machine !== this.inside.state.machine) this.stateReplaced();
  }

  /** Compares the whole state with the reference. A member that joins has nothing yet, not even the foundation. */
  compare(): void {
    if (this.raft.log.applied > 0)
      this.world.reference.compare(this.name, this.raft.log.applied, this.inside.state.machine);
  }

  private begunToLead(): void {
    const { log, term } = this.raft;
    this.lastIndex = log.lastIndex;
    this.world.faults.count('leader changed');
    this.world.trace.add(this.world.scheduler.nowMs, `${this.name} leads`, term);
    const isLeading = (): boolean => this.raft.role === 'leader' && this.raft.term === term;
    this.world.invariants.leads(term, { id: this.member.id, log, isLeading });
  }

  private stateReplaced(): void {
    this.machine = this.inside.state.machine;
    this.nextApplied = this.raft.log.applied + 1;
    this.world.trace.add(this.world.scheduler.nowMs, `${this.name} has a state`, this.raft.log.applied);
    this.compare();
  }

  private checkRestored(): void {
    const { log } = this.raft;
    let previousTerm = log.termAt(log.startIndex) ?? 0;
    for (const entry of log.slice(log.startIndex + 1, log.lastIndex)) {
      this.world.invariants.appended(this.name, entry, previousTerm);
      previousTerm = entry.term;
    }
    this.compare();
  }

  private watchLog(): void {
    const { raft, world, name, member } = this;
    const { log } = raft;
    const append = log.append.bind(log);
    log.append = (entry: Entry): void => {
      const previousTerm = log.lastTerm;
      append(entry);
      if (log.lastIndex !== entry.index) return;
      world.invariants.appended(name, entry, previousTerm);
      if (raft.role === 'leader') world.invariants.proposed(member.id, entry);
    };
    const commitTo = log.commitTo.bind(log);
    log.commitTo = (index: number): void => {
      const before = log.commit;
      commitTo(index);
      if (raft.role !== 'leader' || log.commit === before) return;
      const { voters } = log.placedConfiguration.configuration;
      world.invariants.committed(member.id, raft.term, before, log.commit, log.termAt(log.commit), voters);
    };
  }

  private watchApplying(): void {
    const { raft } = this.inside;
    const ready = raft.ready.bind(raft);
    raft.ready = () => {
      const result = ready();
      if (this.machine !== this.inside.state.machine) this.stateReplaced();
      for (const entry of result.committed) this.applying(entry);
      return result;
    };
  }

  private applying(entry: Entry): void {
    const { judge, reference, scheduler, trace } = this.world;
    judge.check(entry.index === this.nextApplied, 'applied in order', () => {
      return `${this.name} applies ${entry.index} where ${this.nextApplied} was due`;
    });
    this.nextApplied = entry.index + 1;
    reference.committed(this.name, entry);
    trace.add(scheduler.nowMs, `${this.name} applies ${entry.kind}`, entry.index);
  }
}
