/** A cluster in one seed: messages are lost, doubled and reordered, members crash and lose what was not durable yet. */
import type { Configuration, MemberId, Message } from '../../src/raft/types';
import { bytes, emptyState, optionsOf, TestMember, text } from './harness';
import type { Snapshot } from './harness';
import { Invariants } from './invariants';

type Parcel =
  { readonly message: Message } | { readonly from: MemberId; readonly to: MemberId; readonly snapshot: Snapshot };

/** A small generator of repeatable chance (mulberry32). */
export function randomOf(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

interface PendingRead {
  readonly id: MemberId;
  readonly context: number;
  /** The highest index anybody had committed when the read began. */
  readonly atLeast: number;
}

export class Simulation {
  readonly counts = { committed: 0, leaders: 0, compactions: 0, streams: 0, crashes: 0, reads: 0, configurations: 0 };
  private readonly members = new Map<MemberId, TestMember>();
  private readonly down = new Set<MemberId>();
  private readonly ids: MemberId[];
  private readonly random: () => number;
  private network: Parcel[] = [];
  private faults = true;
  private isolated: MemberId | undefined;
  private readonly invariants: Invariants;
  private reads: PendingRead[] = [];
  private nextValue = 0;
  private readonly lossRate: number;
  private readonly orderRate: number;

  constructor(size: number, seed: number) {
    this.random = randomOf(seed * 7919 + size);
    // Some clusters live in calm weather, or little would ever be committed.
    this.lossRate = this.pick([0, 0.01, 0.1]);
    this.orderRate = this.pick([1, 0.9, 0.5]);
    this.ids = Array.from({ length: size }, (_, position) => (position + 1).toString(16));
    const configuration: Configuration = { voters: this.ids, learners: [] };
    for (const id of this.ids) {
      const options = optionsOf(id, { random: this.random, appendBytesMax: 12, inflightMessagesMax: 3 });
      this.members.set(id, new TestMember(options, emptyState(configuration)));
    }
    this.invariants = new Invariants([...this.members.values()]);
  }

  run(steps: number): void {
    for (let step = 0; step < steps; step += 1) {
      this.act();
      this.check();
    }
  }

  /** No more faults: everybody is up, nothing is lost, and before long everybody agrees on a new entry. */
  heal(): void {
    this.faults = false;
    this.isolated = undefined;
    for (const id of [...this.down]) this.restart(id);
    const value = 'after the storm';
    let proposed = false;
    for (let round = 0; round < 400; round += 1) {
      for (const id of this.ids) this.member(id).raft.tick();
      this.settle();
      const leader = this.leader();
      if (leader === undefined) continue;
      if (!proposed) proposed = leader.raft.propose(bytes(value)).ok;
      this.settle();
      const { configuration } = leader.raft.status();
      const active = [...configuration.voters, ...configuration.learners];
      const agreed = active.every((id) =>
        this.member(id).machine.some((entry) => entry.kind === 'command' && text(entry.data) === value),
      );
      if (agreed) {
        this.invariants.checkEqualMachines(active);
        return;
      }
      // The leader may have changed between the proposal and its commitment.
      if (round % 50 === 49) proposed = false;
    }
    throw new Error(`did not heal:\n${this.trace()}`);
  }

  trace(): string {
    const lines = this.ids.map((id) => this.member(id).raft.describe());
    return [...lines, this.invariants.committed.map((entry) => `${entry.index}@${entry.term}`).join(' ')].join('\n');
  }

  private member(id: MemberId): TestMember {
    const found = this.members.get(id);
    if (found === undefined) throw new Error(`no member ${id}`);
    return found;
  }

  private leader(): TestMember | undefined {
    const leaders = this.ids.map((id) => this.member(id)).filter((member) => member.raft.status().role === 'leader');
    return leaders.sort((left, right) => right.raft.status().term - left.raft.status().term)[0];
  }

  private pick<T>(items: readonly T[]): T {
    const item = items[Math.floor(this.random() * items.length)];
    if (item === undefined) throw new Error('nothing to pick from');
    return item;
  }

  private act(): void {
    const dice = this.random();
    const id = this.pick(this.ids);
    if (this.down.has(id)) {
      if (dice < 0.2) this.restart(id);
      return;
    }
    const member = this.member(id);
    if (dice < 0.05) member.raft.tick();
    else if (dice < 0.45) this.deliverSome();
    else if (dice < 0.68) this.flush(member);
    else if (dice < 0.77) member.startWrite();
    else if (dice < 0.86) this.finishWrite(member);
    else if (dice < 0.93) this.propose(this.random() < 0.5 ? member : (this.leader() ?? member));
    else if (dice < 0.95) this.read(member);
    else if (dice < 0.96) this.compact(member);
    else if (dice < 0.966) this.changeConfiguration(member);
    else if (dice < 0.97) this.crash(id);
    else if (dice < 0.973) member.raft.transferLeadership(this.pick(this.ids));
    else if (dice < 0.976) member.raft.reportUnreachable(this.pick(this.ids));
    else if (dice < 0.9765) member.raft.reportReachable(this.pick(this.ids));
    else if (dice < 0.9775) member.raft.reportGone(this.pick(this.ids));
    else if (dice < 0.979) this.isolated = this.isolated === undefined ? id : undefined;
    else if (dice < 0.98) member.raft.campaign();
    else this.tickAll();
  }

  private tickAll(): void {
    for (const id of this.ids) if (!this.down.has(id)) this.member(id).raft.tick();
  }

  private flush(member: TestMember): void {
    const ready = member.ready();
    for (const message of ready.messages) this.post(member, message);
    for (const read of ready.reads) this.checkRead(member, read.context, read.index);
  }

  private finishWrite(member: TestMember): void {
    if (!member.isWriting) return;
    for (const message of member.finishWrite()) this.post(member, message);
  }

  private post(member: TestMember, message: Message): void {
    this.invariants.checkMessage(member, message);
    this.network.push({ message });
    if (message.type === 'snapshotRequest') {
      this.counts.streams += 1;
      this.network.push({ from: member.id, to: message.to, snapshot: member.snapshot() });
    }
  }

  private deliverSome(): void {
    for (let count = 0; count < 3; count += 1) this.deliverOne();
  }

  private deliverOne(): void {
    if (this.network.length === 0) return;
    const inOrder = !this.faults || this.random() < this.orderRate;
    const position = inOrder ? 0 : Math.floor(this.random() * this.network.length);
    const parcel = this.network[position];
    if (parcel === undefined) return;
    const isDoubled = this.faults && this.random() < 0.05;
    if (!isDoubled) this.network.splice(position, 1);
    const { from, to } = 'message' in parcel ? parcel.message : parcel;
    const isLost = (this.faults && this.random() < this.lossRate) || this.isolated === from || this.isolated === to;
    const arrives = !isLost && !this.down.has(to);
    if ('message' in parcel) {
      if (arrives) this.member(to).raft.step(parcel.message);
      return;
    }
    if (arrives) this.member(to).install(parcel.snapshot);
    if (!this.down.has(from)) this.member(from).raft.snapshotSent(to, parcel.snapshot.start.index, arrives);
  }

  private settle(): void {
    for (let round = 0; round < 10_000; round += 1) {
      let isQuiet = this.network.length === 0;
      while (this.network.length > 0) this.deliverOne();
      for (const id of this.ids) {
        const member = this.member(id);
        this.flush(member);
        if (!member.isWriting) member.startWrite();
        if (member.isWriting) {
          isQuiet = false;
          this.finishWrite(member);
        }
      }
      this.check();
      if (isQuiet && this.network.length === 0) return;
    }
    throw new Error(`never quiet:\n${this.trace()}`);
  }

  private propose(member: TestMember): void {
    if (this.down.has(member.id)) return;
    for (let count = this.random() * 4; count > 0; count -= 1) {
      this.nextValue += 1;
      member.raft.propose(bytes(`v${this.nextValue}`));
    }
  }

  private read(member: TestMember): void {
    this.nextValue += 1;
    this.reads.push({ id: member.id, context: this.nextValue, atLeast: this.invariants.committed.length });
    member.raft.readIndex(this.nextValue);
  }

  private compact(member: TestMember): void {
    const before = member.raft.status().firstIndex;
    member.compact(member.disk.applied - Math.floor(this.random() * 3));
    if (member.raft.status().firstIndex > before) this.counts.compactions += 1;
  }

  /** Moves one member to another seat. Everybody stays known, so that nobody is needed who cannot be reached. */
  private changeConfiguration(member: TestMember): void {
    const { configuration } = member.raft.status();
    const id = this.pick(this.ids);
    const seat = this.pick(['voter', 'learner', 'none']);
    const without = (list: readonly MemberId[]): MemberId[] => list.filter((other) => other !== id);
    const next: Configuration = {
      voters: seat === 'voter' ? [...without(configuration.voters), id] : without(configuration.voters),
      learners: seat === 'learner' ? [...without(configuration.learners), id] : without(configuration.learners),
    };
    if (member.raft.proposeConfiguration(next, bytes(seat)).ok) this.counts.configurations += 1;
  }

  private crash(id: MemberId): void {
    this.counts.crashes += 1;
    this.down.add(id);
    this.reads = this.reads.filter((read) => read.id !== id);
  }

  private restart(id: MemberId): void {
    this.down.delete(id);
    this.member(id).restart();
    this.invariants.restarted(id);
  }

  private check(): void {
    const { invariants } = this;
    for (const id of this.ids) if (!this.down.has(id)) invariants.check(this.member(id));
    this.counts.committed = invariants.committed.length;
    this.counts.leaders = invariants.leaders.size;
  }

  /** A read never goes back behind what was committed before it began. */
  private checkRead(member: TestMember, context: number, index: number | undefined): void {
    const read = this.reads.find((pending) => pending.id === member.id && pending.context === context);
    this.reads = this.reads.filter((pending) => pending !== read);
    if (index === undefined || read === undefined) return;
    this.counts.reads += 1;
    if (index < read.atLeast) throw new Error(`${member.id} reads at ${index}, ${read.atLeast} was committed before`);
  }
}
