import type { Cluster } from './cluster';
import type { Incarnation } from './incarnation';
import type { SimNode } from './node';

/**
 * Plain requests between machines: those of a member that begins, to peer ports and client ports. They cross the same partitions
 * as messages; one that is lost, or whose answer is, runs into its timeout.
 */
export class PlainRequests {
  constructor(private readonly cluster: Cluster) {}

  /** Rejects when nobody listens, and after `timeoutMs`. What happens at the other side happens in its name. */
  ask<T>(from: Incarnation, url: string, timeoutMs: number, serve: (node: SimNode) => Promise<T>): Promise<T> {
    const { scheduler } = this.cluster.world;
    return new Promise((resolve, reject) => {
      const fail = (reason: string): void => {
        reject(new Error(reason));
      };
      scheduler.schedule(timeoutMs, () => fail('no answer in time'), from);
      const node = this.cluster.nodes.find(({ name }) => name === new URL(url).hostname);
      const target = node?.incarnation;
      if (node === undefined || target === undefined) {
        scheduler.schedule(this.delayMs(), () => fail('connection refused'), from);
        return;
      }
      if (this.isLost(from, target)) return;
      scheduler.schedule(
        this.delayMs(),
        () => {
          serve(node).then(
            (value) => this.answer(from, target, () => resolve(value)),
            (error: unknown) => this.answer(from, target, () => fail(String(error))),
          );
        },
        target,
      );
    });
  }

  private answer(from: Incarnation, target: Incarnation, settle: () => void): void {
    if (target.dead || this.isLost(target, from)) return;
    this.cluster.world.scheduler.schedule(this.delayMs(), settle, from);
  }

  private isLost(from: Incarnation, to: Incarnation): boolean {
    const { network, random, faults } = this.cluster.world;
    if (network.isCut(from, to)) {
      faults.count('message cut off');
      return true;
    }
    const lost = network.weather.loss > 0 && random.chance(network.weather.loss);
    if (lost) faults.count('message lost');
    return lost;
  }

  private delayMs(): number {
    const { random, network } = this.cluster.world;
    const spike = network.weather.spikes > 0 && random.chance(network.weather.spikes) ? random.between(20, 1500) : 0;
    return random.between(0.2, 1.2) + spike;
  }
}
