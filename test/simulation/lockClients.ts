import type { LockService } from '../../src/api/modules/lockService';
import { LockService as Service } from '../../src/api/modules/lockService';
import type { AcquireOutcome } from '../../src/api/modules/acquisition';
import type { Cluster } from './cluster';
import type { Incarnation } from './incarnation';
import type { SimNode } from './node';

export const SIMULATED_LOCK = '/_etcd/mod/lock/sim/x';

/** What a client was told: by this node it has the lock, as of the store's index. */
export interface Told {
  readonly client: string;
  readonly value: string | undefined;
  readonly index: number;
  readonly etcdIndex: number;
}

export class LockTally {
  readonly told: Told[] = [];
  hungUp = 0;
  timedOut = 0;
  silent = 0;
  leftToExpire = 0;
  longestWaitMs = 0;
}

/** The lock services of the members that run: they end with their processes. */
export class LockServices {
  private readonly services = new Map<Incarnation, LockService>();

  of(node: SimNode): { readonly service: LockService; readonly incarnation: Incarnation } | undefined {
    const { incarnation, member } = node;
    if (incarnation === undefined || member === undefined) return undefined;
    let service = this.services.get(incarnation);
    if (service === undefined) {
      service = new Service(member, incarnation.clock);
      service.start();
      this.services.set(incarnation, service);
      incarnation.endListeners.add(() => this.services.delete(incarnation));
    }
    return { service, incarnation };
  }
}

/** A client that takes the lock again and again, at any member, and does with it what clients do. */
export class LockClient {
  running = true;
  idle = true;

  constructor(
    private readonly cluster: Cluster,
    private readonly services: LockServices,
    private readonly tally: LockTally,
    private readonly name: string,
    /** Whether those who wait may leave by themselves. */
    private readonly isPatient: () => boolean,
  ) {}

  start(): void {
    this.cluster.world.judge.watch(this.name, this.act());
  }

  private async act(): Promise<void> {
    const { random, scheduler } = this.cluster.world;
    while (this.running) {
      await this.cluster.sleep(random.between(50, 1500));
      const { serving } = this.cluster;
      if (!this.running || serving.length === 0) continue;
      this.idle = false;
      const sinceMs = scheduler.nowMs;
      await this.once(random.pick(serving));
      this.tally.longestWaitMs = Math.max(this.tally.longestWaitMs, scheduler.nowMs - sinceMs);
      this.idle = true;
    }
  }

  private async once(node: SimNode): Promise<void> {
    const { random } = this.cluster.world;
    const value = random.chance(0.3) ? undefined : random.pick(['shared', `of ${this.name}`]);
    const ttlSeconds = random.integer(3, 12);
    const waitSeconds = this.isPatient() || random.chance(0.5) ? undefined : random.pick([0, random.integer(1, 20)]);
    const found = await this.acquire(node, { lock: SIMULATED_LOCK, value, ttlSeconds, waitSeconds });
    switch (found?.kind) {
      case undefined:
        this.tally.silent++;
        return;
      case 'held':
        this.tally.told.push({ client: this.name, value, index: found.index, etcdIndex: found.etcdIndex });
        await this.cluster.sleep(random.between(0, 2000));
        if (random.chance(0.2)) this.tally.leftToExpire++;
        else await this.release(found.index);
        return;
      case 'closed':
      case 'busy':
        this.tally.timedOut++;
        return;
      case 'left':
        this.tally.hungUp++;
        return;
      case 'refused':
        this.cluster.world.judge.broken('locks are not refused', `${this.name}: error ${found.error.code}`);
    }
  }

  /** Undefined: it got no answer, because the member died or could not say. */
  private acquire(node: SimNode, wish: Parameters<LockService['acquire']>[0]): Promise<AcquireOutcome | undefined> {
    const { random, scheduler } = this.cluster.world;
    const at = this.services.of(node);
    const waiting = at?.service.acquire(wish);
    if (at === undefined || waiting === undefined) return Promise.resolve(undefined);
    return new Promise((resolve) => {
      const silent = (): void => resolve(undefined);
      at.incarnation.endListeners.add(silent);
      waiting.outcome.then(
        (found) => {
          at.incarnation.endListeners.delete(silent);
          resolve(found);
        },
        () => resolve(undefined),
      );
      if (this.isPatient() || random.chance(0.7)) return;
      scheduler.schedule(random.between(0, 8000), () => {
        if (!at.incarnation.dead) waiting.leave();
      });
    });
  }

  private async release(index: number): Promise<void> {
    for (let times = 0; times < 5; times++) {
      const { serving, world } = this.cluster;
      const node = serving.length === 0 ? undefined : world.random.pick(serving);
      const at = node === undefined ? undefined : this.services.of(node);
      if (node !== undefined && at !== undefined) {
        const { kind } = await this.cluster.ask(node, () => at.service.release(SIMULATED_LOCK, { by: 'index', index }));
        if (kind === 'answer') return;
      }
      await this.cluster.sleep(300);
    }
  }
}
