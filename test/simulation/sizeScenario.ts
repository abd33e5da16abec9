/** One life of a cluster that keeps its size by itself: a storm in which the rules are checked, then calm until the size is reached. */
import { decodeChange } from '../../src/machine/cluster/clusterRows';
import { settingsOf } from '../../src/machine/cluster/clusterSettings';
import type { Entry, MemberId } from '../../src/raft/types';
import { foundersOf, type Cluster } from './cluster';
import { forbidRealWorld } from './forbidden';
import { Incarnation } from './incarnation';
import { makeCluster } from './makeCluster';
import type { SimNode } from './node';
import { SeededRandom } from './random';
import { Standby } from './standbys';

const STORM_MS = 150_000;
const ELECTION_MS = 500;
/** Whoever was there a moment ago may be taken for there: what a leader knows is so old at most, with the way of the decision. */
const KNOWN_LATE_MS = 2 * ELECTION_MS + 500;
const STEADY_MS = 15_000;

/** What happened in a run. */
export interface Seen {
  replaced: number;
  demoted: number;
  joined: number;
}

export class SizeScenario {
  readonly seen: Seen = { replaced: 0, demoted: 0, joined: 0 };
  readonly cluster: Cluster;
  private readonly standbys: readonly Standby[];
  private readonly spares: readonly SimNode[];
  private readonly random: SeededRandom;
  private isCalm = false;
  /** When a machine was seen to be there last. */
  private readonly thereMs = new Map<SimNode, number>();
  private readonly isolated = new Set<SimNode>();
  /** The machine that is off until the cluster has replaced its member. */
  private gone: SimNode | undefined;
  private sizes: { readonly fromMs: number; readonly activeSize: number }[] = [];
  private lastIndex = 0;
  private members = new Set<MemberId>();

  constructor(seed: number) {
    this.random = new SeededRandom(seed);
    const { random } = this;
    this.cluster = makeCluster(
      random,
      {
        ...{ heartbeatIntervalMs: 100, electionTimeoutMs: ELECTION_MS, snapshotCount: random.pick([5, 100]) },
        ...{ integrityIntervalMs: 20_000, historyLength: 100, uncommittedBytesMax: 1_000_000 },
      },
      foundersOf(random.pick([3, 3, 4, 5])),
    );
    this.spares = Array.from({ length: random.integer(1, 3) }, (_, number) => this.cluster.addNode(`s${number + 1}`));
    this.standbys = this.cluster.nodes.map((node) => new Standby(this.cluster, node, () => this.isCalm));
    for (const node of this.cluster.nodes) {
      node.joinNodes = this.cluster.nodes;
      node.isStandbyAt = (peerURL) => this.standbys.some((each) => each.isWaiting && each.node.peerURLs[0] === peerURL);
    }
    this.watchProposals();
  }

  async run(): Promise<void> {
    const { scheduler } = this.cluster.world;
    const restore = forbidRealWorld();
    try {
      for (const node of this.cluster.founders) node.start();
      const size = this.cluster.founders.length;
      await this.untilSet(size);
      for (const standby of this.standbys) if (this.spares.includes(standby.node)) standby.wait(false);
      this.trouble();
      this.operate();
      const endMs = scheduler.nowMs + STORM_MS;
      await this.advance(() => scheduler.nowMs >= endMs, 2 * STORM_MS, 'the storm');
      this.isCalm = true;
      this.cluster.world.network.calmDown();
      this.isolated.clear();
      this.gone = undefined;
      let sinceMs = scheduler.nowMs;
      const isSteady = (): boolean => {
        for (const node of this.cluster.nodes) {
          node.heldBack = false;
          this.startAgain(node);
        }
        if (!this.hasSize()) sinceMs = scheduler.nowMs;
        return scheduler.nowMs - sinceMs > STEADY_MS;
      };
      await this.advance(isSteady, 300_000, () => `the size is reached and stays: ${this.describe()}`);
    } finally {
      restore();
    }
  }

  /** As many voters as there shall be, or as there are machines, and all of them there; the rest waits. */
  private hasSize(): boolean {
    const { members, nodes } = this.cluster;
    const wanted = Math.min(this.settings.activeSize, nodes.length);
    return (
      members.length === wanted &&
      members.every(({ id, learner }) => !learner && this.cluster.nodeOf(id)?.member !== undefined) &&
      this.standbys.filter(({ isWaiting }) => isWaiting).length === nodes.length - wanted
    );
  }

  private get settings() {
    return settingsOf(this.cluster.world.reference.machine.keySpace.tree);
  }

  /** With the data that it has, also if its member was removed meanwhile: it will be told. */
  private startAgain(node: SimNode): void {
    const standby = this.standbys.find((each) => each.node === node);
    if (standby?.isWaiting === false && !standby.isJoining && node !== this.gone) node.start();
  }

  private isMember(node: SimNode): boolean {
    return node.memberId !== undefined && this.cluster.members.some(({ id }) => id === node.memberId);
  }

  private isThere(node: SimNode): boolean {
    const { incarnation } = node;
    if (incarnation === undefined || this.isolated.has(node)) return false;
    return incarnation.pausedUntilMs <= this.cluster.world.scheduler.nowMs;
  }

  /** The leader has put a removal into its log: from then on it is in force. */
  private watchProposals(): void {
    const { invariants, judge, scheduler } = this.cluster.world;
    const original = invariants.proposed.bind(invariants);
    invariants.proposed = (by: MemberId, entry: Entry): void => {
      original(by, entry);
      if (entry.kind !== 'configuration') return;
      const { change } = decodeChange(entry.data);
      if (change.type !== 'removeMember') return;
      const { voters, learners } = entry.configuration;
      const there = voters.filter((id) => {
        const node = this.cluster.nodeOf(id);
        return node !== undefined && scheduler.nowMs - (this.thereMs.get(node) ?? 0) <= KNOWN_LATE_MS;
      });
      judge.check(there.length > voters.length / 2, 'never below a quorum by its own doing', () => {
        return `${by} removes ${change.id}, ${there.length} of ${voters.length} that are left are there`;
      });
      judge.check(change.id !== by, 'a leader does not remove itself', () => by);
      judge.check(learners.length === 0, 'at most one change at a time', () => {
        return `${by} removes ${change.id} while ${learners.join()} joins`;
      });
      const smallest = Math.min(...this.recentSizes());
      judge.check(voters.length >= smallest - 1, 'at most one change at a time', () => {
        return `${by} removes ${change.id}, ${voters.length} are left of ${smallest}`;
      });
      if (voters.length >= this.settings.activeSize) this.seen.demoted++;
      else this.seen.replaced++;
    };
  }

  /** The sizes of the time in which the leader may have decided. */
  private recentSizes(): readonly number[] {
    const sinceMs = this.cluster.world.scheduler.nowMs - 10_000;
    const before = this.sizes.filter(({ fromMs }) => fromMs <= sinceMs).slice(-1);
    const since = this.sizes.filter(({ fromMs }) => fromMs > sinceMs);
    return [...before, ...since].map(({ activeSize }) => activeSize);
  }

  /** After each event: who is there, who was removed, and which size holds. */
  private look(): void {
    const { scheduler, reference } = this.cluster.world;
    for (const node of this.cluster.nodes) if (this.isThere(node)) this.thereMs.set(node, scheduler.nowMs);
    for (const standby of this.standbys) {
      const { node } = standby;
      // Its member was removed, as it was told: it becomes a standby by itself.
      if (node.retired && node !== this.gone) standby.wait(true);
    }
    if (reference.lastIndex === this.lastIndex) return;
    this.lastIndex = reference.lastIndex;
    const { activeSize } = this.settings;
    if (this.sizes.at(-1)?.activeSize !== activeSize) this.sizes.push({ fromMs: scheduler.nowMs, activeSize });
    const members = new Set(this.cluster.members.map(({ id }) => id));
    for (const id of members) if (!this.members.has(id)) this.seen.joined++;
    this.members = members;
    // The machine that is gone for good: another one comes, without its data.
    if (this.gone !== undefined && !this.isMember(this.gone)) {
      const { gone } = this;
      this.gone = undefined;
      gone.heldBack = false;
      this.standbys.find(({ node }) => node === gone)?.wait(false);
    }
  }

  /** Machines die, hang, are cut off, and come back, or do not. */
  private trouble(): void {
    const { cluster, random } = this;
    const { scheduler, network, faults } = cluster.world;
    scheduler.schedule(random.between(500, 8000), () => {
      if (this.isCalm) return;
      const members = cluster.nodes.filter((node) => node.isUp && this.isMember(node));
      const others = members.filter((node) => !this.isolated.has(node));
      const node = others.length === 0 ? undefined : random.pick(others);
      const away = cluster.members.length - members.length + this.isolated.size;
      // A majority stays, most of the time: who has none cannot do anything by itself, right or wrong.
      if (node !== undefined && (away + 1 <= (cluster.members.length - 1) / 2 || random.chance(0.05))) {
        random.pick([
          () => {
            node.crash();
            scheduler.schedule(random.between(100, 12_000), () => {
              this.startAgain(node);
            });
          },
          () => {
            if (this.gone !== undefined) return;
            this.gone = node;
            node.heldBack = true;
            node.crash();
          },
          () => node.pause(random.between(200, 6000)),
          () => {
            faults.count('partition symmetric');
            this.isolated.add(node);
            const rest = cluster.nodes.filter((other) => other !== node);
            for (const { name } of rest) {
              network.block(node.name, name);
              network.block(name, node.name);
            }
            scheduler.schedule(random.between(300, 9000), () => {
              this.isolated.delete(node);
              for (const { name } of rest) {
                network.unblock(node.name, name);
                network.unblock(name, node.name);
              }
            });
          },
          () => {
            network.weather.loss = random.pick([0, 0.02, 0.1]);
          },
        ])();
      }
      for (const down of cluster.nodes) if (random.chance(0.3)) this.startAgain(down);
      this.trouble();
    });
  }

  /** Somebody changes the settings now and then. */
  private operate(): void {
    const { random } = this;
    const { scheduler, judge } = this.cluster.world;
    scheduler.schedule(random.between(2000, 20_000), () => {
      if (this.isCalm) return;
      judge.watch('the operator', this.set(random.integer(3, 5)));
      this.operate();
    });
  }

  private async set(activeSize: number): Promise<void> {
    const { serving } = this.cluster;
    const change = { activeSize, removeDelayMs: this.random.pick([2000, 4000]), syncIntervalMs: 1000 };
    if (serving.length > 0)
      await this.cluster.ask(this.random.pick(serving), (member) => member.changeSettings(change));
  }

  private async untilSet(activeSize: number): Promise<void> {
    let isAsking = false;
    const isSet = (): boolean => {
      if (!isAsking && !this.settings.isSet && this.cluster.leader !== undefined) {
        isAsking = true;
        const setting = this.set(activeSize).finally(() => {
          isAsking = false;
        });
        this.cluster.world.judge.watch('the operator', setting);
      }
      return this.settings.isSet;
    };
    await this.advance(isSet, 60_000, 'the settings are set');
  }

  private async advance(isReached: () => boolean, limitMs: number, what: string | (() => string)): Promise<void> {
    const { scheduler, judge } = this.cluster.world;
    const endMs = scheduler.nowMs + limitMs;
    while (!isReached()) {
      if (scheduler.nowMs > endMs) {
        throw new Error(`not within ${limitMs} ms: ${typeof what === 'string' ? what : what()}`);
      }
      if (!(await scheduler.step())) throw new Error('nothing happens any more');
      const { current } = scheduler;
      if (current instanceof Incarnation && !current.dead) current.observer?.look();
      this.look();
      if (judge.verdict !== undefined) throw judge.verdict;
    }
  }

  private describe(): string {
    const { members, nodes } = this.cluster;
    const listed = members.map(
      ({ id, learner }) => `${this.cluster.nodeOf(id)?.name ?? id}${learner ? ' learns' : ''}`,
    );
    const states = nodes.map(({ name, isUp, retired }, number) => {
      const standby = this.standbys[number];
      const what = isUp
        ? 'up'
        : standby?.isWaiting
          ? 'waits'
          : standby?.isJoining
            ? 'joins'
            : retired
              ? 'retired'
              : 'down';
      return `${name} ${what}`;
    });
    return `activeSize ${this.settings.activeSize}, members ${listed.join()}; ${states.join(', ')}`;
  }
}
