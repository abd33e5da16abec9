import type { SeededRandom } from '../simulation/random';
import type { Cluster } from '../cluster/cluster';
import type { ClusterMember } from '../cluster/clusterMember';

/** What an attack may cost at most. Correctness is judged strictly; these allow for a small machine under load. */
export interface Bounds {
  /** The longest that the well-behaved client waits for an answer, whichever member gives it. */
  readonly waitMs: number;
  /** The longest that the event loop of any member stood still. */
  readonly pauseMs: number;
  /** The most memory that any member had at one time. */
  readonly memoryMb: number;
  /** By how much the log of any member grew. */
  readonly logKb: number;
  /** By how many the open descriptors of any member grew for good. */
  readonly descriptors: number;
}

/** What an attack works with. */
export interface Scene {
  readonly cluster: Cluster;
  readonly random: SeededRandom;
  /** How long it may go on. */
  readonly durationMs: number;
}

/** What it saw itself, beside what is measured of every attack. */
export interface Sighting {
  /** Empty: all that must hold did. */
  readonly broken: readonly string[];
  /** A few words with figures. */
  readonly figures: string;
}

/** One row of the table of attacks. */
export interface Attack {
  readonly name: string;
  /** What is done, and what must come of it beside what must hold after each. */
  readonly does: string;
  /** Where it differs from the usual. */
  readonly bounds?: Partial<Bounds>;
  /** It starts members anew: their processes, memory and logs are others afterwards. */
  readonly restarts?: boolean;
  /** The well-behaved client may be told that the store is full. */
  readonly fillsStore?: boolean;
  run(scene: Scene): Promise<Sighting>;
}

/** Everything that attacks write is under this key and deleted after each. */
export const ABUSE = '/abuse';

/** `pauseMs` is the last bound of `etcd_eventloop_lag_seconds`: what is longer is told apart by nothing. */
export const USUAL_BOUNDS: Bounds = { waitMs: 15_000, pauseMs: 8192, memoryMb: 700, logKb: 256, descriptors: 40 };

/** Collects what did not hold. */
export class Findings {
  readonly broken: string[] = [];

  expect(holds: boolean, otherwise: string): void {
    if (!holds && this.broken.length < 5) this.broken.push(otherwise);
  }

  sighting(figures: string): Sighting {
    return { broken: this.broken, figures };
  }
}

/** The running members, the leader first. */
export async function leaderFirst(cluster: Cluster): Promise<readonly ClusterMember[]> {
  const leader = await cluster.leader();
  return [leader, ...cluster.members.filter((member) => member !== leader)];
}
