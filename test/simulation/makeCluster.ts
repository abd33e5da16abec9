import { Cluster, type Founder } from './cluster';
import { FaultCounts } from './faults';
import { Invariants } from './invariants';
import { Judge } from './judge';
import { SimNetwork } from './network';
import type { SeededRandom } from './random';
import { Reference } from './reference';
import { Scheduler } from './scheduler';
import { StateStreams } from './stateStream';
import { Trace } from './trace';
import type { WorldSettings } from './world';

/** A cluster in a world of its own, in calm weather; nothing is started yet. */
export function makeCluster(
  random: SeededRandom,
  settings: WorldSettings,
  founders: readonly Founder[],
  print?: (line: string) => void,
): Cluster {
  const scheduler = new Scheduler();
  const trace = new Trace(print);
  const judge = new Judge();
  const faults = new FaultCounts();
  const network = new SimNetwork({ scheduler, random, faults, trace });
  const reference = new Reference(judge, settings.historyLength, founders);
  const invariants: Invariants = new Invariants(judge, reference, (id) => cluster.diskOf(id));
  const streams = new StateStreams(network);
  const world = { settings, scheduler, random, trace, judge, faults, network, streams, reference, invariants };
  const cluster: Cluster = new Cluster(world, founders);
  return cluster;
}
