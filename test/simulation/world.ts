import type { FaultCounts } from './faults';
import type { Invariants } from './invariants';
import type { Judge } from './judge';
import type { SimNetwork } from './network';
import type { SeededRandom } from './random';
import type { Reference } from './reference';
import type { Scheduler } from './scheduler';
import type { StateStreams } from './stateStream';
import type { Trace } from './trace';

/** What is fixed for a whole run. */
export interface WorldSettings {
  readonly heartbeatIntervalMs: number;
  readonly electionTimeoutMs: number;
  readonly snapshotCount: number;
  readonly integrityIntervalMs: number;
  readonly historyLength: number;
  readonly uncommittedBytesMax: number;
}

/** Everything the parts of one simulation share. */
export interface World {
  readonly settings: WorldSettings;
  readonly scheduler: Scheduler;
  readonly random: SeededRandom;
  readonly trace: Trace;
  readonly judge: Judge;
  readonly faults: FaultCounts;
  readonly network: SimNetwork;
  readonly streams: StateStreams;
  readonly reference: Reference;
  readonly invariants: Invariants;
}
