import type { Cluster } from './cluster';
import type { CrashPoint } from './disk';
import { insideOf } from './inside';
import { CALM } from './network';
import type { SimNode } from './node';
import { restartable, type Operator } from './operator';

type Deed = () => void;

const CRASH_POINTS: readonly CrashPoint[] = [
  'crash at submit',
  'crash with a write in flight',
  'crash in the sync of earlier writes',
  'crash right after a write',
];

/**
 * Makes things go wrong. Each life has its own mixture: some kinds of trouble never come, others often, so that rare
 * combinations are met too and some clusters get work done.
 */
export class Nemesis {
  private active = true;
  private readonly deeds: Deed[];
  private readonly paceMs: number;

  constructor(
    private readonly cluster: Cluster,
    private readonly operator: Operator,
  ) {
    const { random } = cluster.world;
    this.paceMs = random.pick([150, 400, 800, 1500]);
    this.deeds = this.allDeeds().filter(() => random.chance(0.45));
    for (const node of cluster.nodes) this.skew(node);
  }

  start(): void {
    this.next();
  }

  /** No more trouble, and what was done is undone as far as it can be. */
  stop(): void {
    this.active = false;
    const { network, streams } = this.cluster.world;
    network.calmDown();
    streams.trouble.cutting = 0;
    // Whoever is paused goes on when its pause is over.
    for (const { disk } of this.cluster.nodes) {
      disk.slowUntilMs = 0;
      disk.faultOfNextBatch = undefined;
      disk.crashAtNextBatch = undefined;
    }
  }

  private next(): void {
    const { scheduler, random } = this.cluster.world;
    scheduler.schedule(random.between(0.1, 1.9) * this.paceMs, () => {
      if (!this.active) return;
      if (this.deeds.length > 0) random.pick(this.deeds)();
      this.startSomebody();
      this.next();
    });
  }

  private startSomebody(): void {
    const { random } = this.cluster.world;
    const down = restartable(this.cluster.nodes);
    if (down.length === 0 || !random.chance(0.5)) return;
    this.cluster.world.faults.count('restart');
    random.pick(down).start();
  }

  private allDeeds(): Deed[] {
    return [
      ...this.weatherDeeds(),
      ...this.partitionDeeds(),
      ...this.processDeeds(),
      ...this.diskDeeds(),
      ...this.operatorDeeds(),
    ];
  }

  private weatherDeeds(): Deed[] {
    const { network, random, streams } = this.cluster.world;
    const spell = (begin: () => void, end: () => void) => (): void => {
      begin();
      this.later(random.between(500, 5000), end);
    };
    return [
      spell(
        () => (network.weather.loss = random.pick([0.01, 0.05, 0.3])),
        () => (network.weather.loss = CALM.loss),
      ),
      spell(
        () => (network.weather.doubling = random.pick([0.05, 0.3])),
        () => (network.weather.doubling = CALM.doubling),
      ),
      spell(
        () => (network.weather.reordering = random.pick([0.1, 0.5])),
        () => (network.weather.reordering = CALM.reordering),
      ),
      spell(
        () => (network.weather.spikes = random.pick([0.01, 0.1])),
        () => (network.weather.spikes = CALM.spikes),
      ),
      spell(
        () => (streams.trouble.cutting = 0.7),
        () => (streams.trouble.cutting = 0),
      ),
      () => {
        const [from, to] = random.shuffled(this.hosts());
        if (from !== undefined && to !== undefined) network.clog(from, to, random.between(100, 3000));
      },
    ];
  }

  private partitionDeeds(): Deed[] {
    const { random, faults } = this.cluster.world;
    return [
      () => {
        const hosts = random.shuffled(this.hosts());
        const size = random.integer(1, Math.max(1, hosts.length - 1));
        faults.count('partition symmetric');
        this.cutBetween(hosts.slice(0, size), hosts.slice(size), true);
      },
      () => {
        const leader = this.cluster.leader?.name;
        if (leader === undefined) return;
        faults.count('partition symmetric');
        this.cutBetween(
          [leader],
          this.hosts().filter((host) => host !== leader),
          true,
        );
      },
      () => {
        const hosts = random.shuffled(this.hosts());
        faults.count('partition one-way');
        this.cutBetween(hosts.slice(0, 1), hosts.slice(1), false);
      },
      () => {
        const hosts = random.shuffled(this.hosts());
        faults.count('partition one-way');
        this.cutBetween(hosts.slice(1), hosts.slice(0, 1), false);
      },
      () => {
        const [one, other] = random.shuffled(this.hosts());
        if (one === undefined || other === undefined) return;
        faults.count('partition partial');
        this.cutBetween([one], [other], true);
      },
    ];
  }

  private processDeeds(): Deed[] {
    const { random, faults, network } = this.cluster.world;
    return [
      () => this.someUp()?.crash(),
      () => this.cluster.leader?.crash(),
      () => {
        if (!random.chance(0.3)) return;
        for (const node of this.cluster.nodes) node.crash();
      },
      () => {
        const node = this.someUp();
        if (node !== undefined) node.disk.crashAtNextBatch = random.pick(CRASH_POINTS);
      },
      () => this.someUp()?.pause(random.between(100, 6000)),
      () => this.cluster.leader?.pause(random.between(500, 4000)),
      () => {
        const endpoint = this.cluster.leader?.incarnation;
        if (endpoint !== undefined) network.misreport(endpoint);
      },
      () => {
        const node = this.someUp();
        const jumpMs = random.between(-15_000, 15_000);
        if (node === undefined) return;
        faults.count(jumpMs > 0 ? 'clock jump forward' : 'clock jump back');
        node.clockError.offsetMs += jumpMs;
      },
      () => this.transferLeadership(),
    ];
  }

  private diskDeeds(): Deed[] {
    const { random, scheduler } = this.cluster.world;
    return [
      () => {
        const node = this.someUp();
        if (node !== undefined) node.disk.faultOfNextBatch = 'io';
      },
      () => {
        const node = this.someUp();
        if (node !== undefined) node.disk.faultOfNextBatch = 'full';
      },
      () => {
        const node = this.someUp();
        if (node !== undefined) node.disk.slowUntilMs = scheduler.nowMs + random.between(200, 4000);
      },
    ];
  }

  private operatorDeeds(): Deed[] {
    const { operator } = this;
    return [
      () => operator.addMember(),
      () => operator.removeMember(false),
      () => operator.removeMember(true),
      () => operator.replaceMember(),
      () => operator.damageMember(),
      () => operator.loseFounder(),
      () => operator.growWhileOneIsAway(),
      () => operator.restartAll(),
    ];
  }

  private transferLeadership(): void {
    const { cluster } = this;
    const { leader } = cluster;
    const others = cluster.voters.filter((id) => id !== leader?.memberId);
    if (leader?.member === undefined || others.length === 0) return;
    const taken = insideOf(leader.member).raft.transferLeadership(cluster.world.random.pick(others));
    if (taken) cluster.world.faults.count('leadership transferred');
  }

  /** A clock that is wrong from the beginning. */
  private skew(node: SimNode): void {
    const { random, faults } = this.cluster.world;
    if (!random.chance(0.5)) return;
    faults.count('clock skew');
    node.clockError.offsetMs = random.between(-10_000, 10_000);
    node.clockError.rate = random.between(0.97, 1.03);
  }

  private cutBetween(from: readonly string[], to: readonly string[], bothWays: boolean): void {
    const { network, random } = this.cluster.world;
    const links = from.flatMap((one) => to.map((other) => [one, other] as const));
    for (const [one, other] of links) {
      network.block(one, other);
      if (bothWays) network.block(other, one);
    }
    this.later(random.between(200, 6000), () => {
      for (const [one, other] of links) {
        network.unblock(one, other);
        if (bothWays) network.unblock(other, one);
      }
    });
  }

  private later(delayMs: number, run: () => void): void {
    this.cluster.world.scheduler.schedule(delayMs, () => {
      if (this.active) run();
    });
  }

  private someUp(): SimNode | undefined {
    const up = this.cluster.nodes.filter((node) => node.isUp);
    return up.length === 0 ? undefined : this.cluster.world.random.pick(up);
  }

  private hosts(): string[] {
    return this.cluster.nodes.filter((node) => !node.retired).map(({ name }) => name);
  }
}
