/** Whether the member at which something waits would still hear of a change: silence looks the same either way. */
import { isHealthy } from '../health';
import { UnreachableError } from '../errors';
import type { LinkedSignal } from '../transport/linkedSignal';
import type { Cluster } from './cluster';

export interface Watched {
  readonly endpoint: string;
  /** Between two questions. */
  readonly checkEveryMs: number;
  /** For an answer. */
  readonly timeoutMs: number;
  /** How often in turn it may say no; once if absent. */
  readonly failuresMax?: number;
}

/** One question for all the watches of a client, however many there are. */
export class Liveness {
  private readonly asked = new Map<string, { readonly atMs: number; readonly healthy: Promise<boolean> }>();

  constructor(private readonly cluster: Cluster) {}

  /** Whether it reaches a quorum (`/health`); an answer that is younger than `maxAgeMs` counts. */
  isAlive(endpoint: string, maxAgeMs: number, timeoutMs: number): Promise<boolean> {
    const last = this.asked.get(endpoint);
    if (last !== undefined && performance.now() - last.atMs < maxAgeMs) return last.healthy;
    const options = { timeoutMs, roundsMax: 1, signal: this.cluster.closed };
    const healthy = isHealthy(this.cluster.pointedTo(endpoint), options).catch(() => false);
    this.asked.set(endpoint, { atMs: performance.now(), healthy });
    return healthy;
  }

  /** Aborts with UnreachableError when the member is not alive any more, until it is stopped. */
  keepAnEyeOn({ endpoint, checkEveryMs, timeoutMs, failuresMax = 1 }: Watched, ending: LinkedSignal): { stop(): void } {
    let failures = 0;
    const timer = setInterval(() => {
      // Half as old at most: two that began at different times share a question, and none waits for two of them.
      void this.isAlive(endpoint, checkEveryMs / 2, timeoutMs).then((isAlive) => {
        failures = isAlive ? 0 : failures + 1;
        if (failures >= failuresMax) ending.abort(silent(endpoint));
      });
    }, checkEveryMs);
    // The connection that waits keeps the process alive as long as it is to.
    timer.unref();
    return {
      stop: () => {
        clearInterval(timer);
      },
    };
  }
}

function silent(endpoint: string): UnreachableError {
  const message = `${endpoint} is silent, and says no more that it reaches a quorum (GET /health)`;
  return new UnreachableError(message, false, [{ endpoint, error: new Error(message) }]);
}
