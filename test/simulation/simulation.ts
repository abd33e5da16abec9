import { Administrator } from './administrator';
import { Client, SharedKnowledge } from './clients';
import { foundersOf, type Cluster } from './cluster';
import type { FaultCounts } from './faults';
import { forbidRealWorld } from './forbidden';
import { Healing } from './healing';
import type { Violation } from './judge';
import { makeCluster } from './makeCluster';
import { Incarnation } from './incarnation';
import { Nemesis } from './nemesis';
import { Operator } from './operator';
import type { NodeClock } from './nodeClock';
import { SeededRandom } from './random';
import { Rush } from './rush';
import { Watcher } from './watchers';
import type { World, WorldSettings } from './world';

/** How often a whole member is compared with the reference, in events. */
const COMPARE_EVERY = 500;
const STORM_MS = [10_000, 60_000] as const;

export interface SimulationOptions {
  readonly seed: number;
  /** Where the trace goes; undefined: nowhere. */
  readonly print?: (line: string) => void;
}

export interface SimulationResult {
  readonly seed: number;
  readonly violation: Violation | undefined;
  readonly hash: string;
  readonly events: number;
  readonly simulatedMs: number;
  readonly faults: FaultCounts;
  readonly work: Readonly<Record<string, number>>;
}

/** One life of one cluster with its clients, from the founding through a storm of faults until all is well again. */
export class Simulation {
  readonly world: World;
  readonly cluster: Cluster;
  private readonly known = new SharedKnowledge();
  private readonly clients: Client[] = [];
  private readonly rush: Rush;
  private readonly administrator: Administrator;
  private readonly watchers: Watcher[] = [];
  private readonly operator: Operator;
  private readonly nemesis: Nemesis;
  private events = 0;

  constructor(options: SimulationOptions) {
    const random = new SeededRandom(options.seed);
    const founders = foundersOf(random.pick([1, 2, 3, 3, 3, 3, 5, 5]));
    this.cluster = makeCluster(random, settingsOf(random), founders, options.print);
    this.world = this.cluster.world;
    this.operator = new Operator(this.cluster);
    this.nemesis = new Nemesis(this.cluster, this.operator);
    const thinkMs = random.pick([30, 60, 120]);
    const clientCount = random.integer(3, 6);
    for (let number = 1; number <= clientCount; number++) {
      this.clients.push(new Client(this.cluster, this.known, `c${number}`, thinkMs));
    }
    this.rush = new Rush(this.cluster, this.known, 'r');
    this.administrator = new Administrator(this.cluster, this.known);
    this.watchers.push(
      new Watcher(this.cluster, 'w1', '/', true, true),
      new Watcher(this.cluster, 'w2', '/k', true, true),
      new Watcher(this.cluster, 'w3', '/k/3', false, true),
      new Watcher(this.cluster, 'w4', '/k', true, false),
      new Watcher(this.cluster, 'w5', '/q', true, false),
    );
  }

  /** The clock of the process that acts now. */
  get clockOfActor(): NodeClock | undefined {
    const { current } = this.world.scheduler;
    return current instanceof Incarnation ? current.clock : undefined;
  }

  /** Never throws for a broken guarantee: that is in the result. */
  async run(): Promise<SimulationResult> {
    const restore = forbidRealWorld();
    try {
      this.startFounders();
      for (const client of this.clients) client.start();
      this.rush.start();
      this.administrator.start();
      for (const watcher of this.watchers) watcher.start();
      this.nemesis.start();
      const stormMs = this.world.random.between(...STORM_MS);
      await this.advance(() => this.world.scheduler.nowMs >= stormMs);
      this.nemesis.stop();
      const others = [this.rush, this.administrator];
      const healing = new Healing(this.cluster, this.operator, this.clients, others, this.watchers, this.known);
      await healing.run((until, limitMs, what) => this.until(until, limitMs, what));
    } catch (error) {
      if (this.world.judge.verdict === undefined) throw error;
    } finally {
      restore();
    }
    return this.result();
  }

  /** All at once or one after the other, in any order; the disk of one may vanish meanwhile. */
  private startFounders(): void {
    const { random, scheduler } = this.world;
    const spreadMs = random.pick([0, 50, 3000]);
    for (const node of this.cluster.founders) {
      scheduler.schedule(random.between(0, spreadMs), () => {
        node.start();
      });
    }
    if (!random.chance(0.3)) return;
    scheduler.schedule(random.between(0, Math.max(20, spreadMs)), () => {
      this.operator.loseBeginner();
    });
  }

  private async until(isReached: () => boolean, limitMs: number, what: string): Promise<void> {
    const deadlineMs = this.world.scheduler.nowMs + limitMs;
    await this.advance(() => {
      if (isReached()) return true;
      if (this.world.scheduler.nowMs < deadlineMs) return false;
      this.world.judge.broken('heals', `${what} within ${limitMs} ms\n${this.describe()}`);
      return true;
    });
  }

  /** Runs events until `isReached`, looking at whoever acted after each. Throws the first broken guarantee. */
  private async advance(isReached: () => boolean): Promise<void> {
    const { scheduler, judge, random } = this.world;
    while (!isReached()) {
      if (!(await scheduler.step())) throw new Error('nothing happens any more');
      const { current } = scheduler;
      if (current instanceof Incarnation && !current.dead) current.observer?.look();
      if (++this.events % COMPARE_EVERY === 0) {
        const { serving } = this.cluster;
        if (serving.length > 0) random.pick(serving).incarnation?.observer?.compare();
      }
      if (judge.verdict !== undefined) break;
    }
    if (judge.verdict !== undefined) throw judge.verdict;
  }

  private describe(): string {
    return this.cluster.nodes
      .map(({ name, incarnation, retired, memberId }) => {
        const state = incarnation?.observer?.inside.raft.describe() ?? (retired ? 'retired' : 'down');
        return `${name} (${memberId ?? 'none'}): ${state}`;
      })
      .join('\n');
  }

  private result(): SimulationResult {
    const { trace, scheduler, judge, faults, random, reference } = this.world;
    faults.count('member promoted', reference.promotions);
    trace.add(scheduler.nowMs, 'end', Math.floor(random.next() * 2 ** 32));
    const sum = (of: (watcher: Watcher) => number): number =>
      this.watchers.reduce((total, each) => total + of(each), 0);
    return {
      seed: 0,
      violation: judge.verdict,
      hash: trace.hash,
      events: this.events,
      simulatedMs: scheduler.nowMs,
      faults,
      work: {
        entries: reference.lastIndex,
        ...this.known.counts,
        watched: sum((watcher) => watcher.seen),
        'watches resumed': sum((watcher) => watcher.resumed),
        'watches too late': sum((watcher) => watcher.lost),
        expired: reference.events.filter((event) => event?.action === 'expire').length,
      },
    };
  }
}

function settingsOf(random: SeededRandom): WorldSettings {
  return {
    heartbeatIntervalMs: 100,
    electionTimeoutMs: random.pick([500, 1000]),
    snapshotCount: random.pick([1, 5, 20, 100]),
    integrityIntervalMs: random.pick([2000, 20_000]),
    historyLength: random.pick([20, 100, 1000]),
    uncommittedBytesMax: random.pick([300, 10_000, 1_000_000]),
  };
}
