/** How much is measured. Every count and time of the benchmark is bounded by one of these numbers. */
export interface Plan {
  readonly quick: boolean;
  /** Rounds of the steady rows; the long rows have fewer, see `longRounds`. */
  readonly rounds: number;
  /** Rounds of the rows that take long; the largest store is made once. */
  readonly longRounds: number;
  /** Length of one steady measurement. */
  readonly seconds: number;
  /** Before each steady measurement, and twice that in a cluster that was just started. */
  readonly warmUpSeconds: number;
  /** Keys that the steady rows read and write. */
  readonly keys: number;
  readonly listedKeys: number;
  readonly watchersOfOneKey: number;
  /** How often a round writes to the key that is watched. */
  readonly fanOuts: number;
  readonly idleWatches: number;
  readonly manyKeys: number;
  readonly mostKeys: number;
  /** Keys that a new member receives as a snapshot. */
  readonly catchUpKeys: number;
  readonly expiringKeys: number;
  /** From the first write of an expiring key to the second in which they all end: the load has to fit in. */
  readonly expiryLeadMs: number;
  readonly compactionSeconds: number;
  /** Leaders killed per round. */
  readonly kills: number;
  /** Clients that wait for one lock. */
  readonly lockClients: number;
  /** Starts per round. */
  readonly starts: number;
}

/** About 25 minutes on two cores. */
export const fullPlan: Plan = {
  quick: false,
  rounds: 3,
  longRounds: 2,
  seconds: 3,
  warmUpSeconds: 1,
  keys: 1000,
  listedKeys: 10_000,
  watchersOfOneKey: 1000,
  fanOuts: 5,
  idleWatches: 10_000,
  manyKeys: 100_000,
  mostKeys: 1_000_000,
  catchUpKeys: 100_000,
  expiringKeys: 50_000,
  expiryLeadMs: 15_000,
  compactionSeconds: 12,
  kills: 3,
  lockClients: 100,
  starts: 2,
};

/** A few minutes, to see that everything works; its numbers prove little. */
export const quickPlan: Plan = {
  quick: true,
  rounds: 1,
  longRounds: 1,
  seconds: 1,
  warmUpSeconds: 1,
  keys: 1000,
  listedKeys: 1000,
  watchersOfOneKey: 100,
  fanOuts: 2,
  idleWatches: 1000,
  manyKeys: 5000,
  mostKeys: 20_000,
  catchUpKeys: 10_000,
  expiringKeys: 2000,
  expiryLeadMs: 5000,
  compactionSeconds: 6,
  kills: 1,
  lockClients: 20,
  starts: 1,
};
