/** Whether the member that a watch waits at would still hear of a change: silence looks the same either way. */
import { isHealthy } from '../health';
import type { Cluster } from './cluster';

/** One question for all the watches of a client, however many there are. */
export class Liveness {
  private readonly asked = new Map<string, { readonly atMs: number; readonly healthy: Promise<boolean> }>();

  constructor(private readonly cluster: Cluster) {}

  /** Whether it reaches a quorum (`/health`); an answer that is younger than `maxAgeMs` counts. */
  isAlive(endpoint: string, maxAgeMs: number, timeoutMs: number): Promise<boolean> {
    const last = this.asked.get(endpoint);
    if (last !== undefined && performance.now() - last.atMs < maxAgeMs) return last.healthy;
    const options = { timeoutMs, roundsMax: 1, signal: this.cluster.closed };
    const healthy = isHealthy(this.cluster.at(endpoint), options).catch(() => false);
    this.asked.set(endpoint, { atMs: performance.now(), healthy });
    return healthy;
  }
}
