/** What `cairn check perf` asks of a cluster, by size. */

export interface Load {
  readonly seconds: number;
  readonly writesPerS: number;
  /** Linearizable ones. */
  readonly readsPerS: number;
  /** Requests of each kind that are under way at most. */
  readonly clients: number;
  readonly valueBytes: number;
  /** Written over and over, so that the store does not grow with the load. */
  readonly keys: number;
}

const VALUES = { valueBytes: 256, keys: 500 };

/** s may be run beside others who use the cluster; the others are to be agreed to. */
export const loads = {
  s: { seconds: 10, writesPerS: 100, readsPerS: 100, clients: 8, ...VALUES },
  m: { seconds: 30, writesPerS: 500, readsPerS: 500, clients: 32, ...VALUES },
  l: { seconds: 60, writesPerS: 2000, readsPerS: 2000, clients: 128, ...VALUES },
} as const satisfies Record<string, Load>;

export type LoadName = keyof typeof loads;

export const LOAD_NAMES: readonly LoadName[] = ['s', 'm', 'l'];
