/** The metrics of a mirror: one table, from which the answer and docs/mirror.md come. */
import { Counter, Gauge, Registry } from 'prom-client';
import type { MirrorStatus } from './status';

export interface MirrorMetric {
  readonly name: string;
  readonly type: 'gauge' | 'counter';
  /** Without a full stop. */
  readonly help: string;
  readonly read: (status: MirrorStatus) => number;
}

export const mirrorMetrics: readonly MirrorMetric[] = [
  {
    name: 'cairn_mirror_ready',
    type: 'gauge',
    help: '1 if programs may read the directory',
    read: ({ isReady }) => Number(isReady),
  },
  {
    name: 'cairn_mirror_fresh',
    type: 'gauge',
    help: '1 if the state comes from the cluster since the start, 0 if it was found in the directory or there is none',
    read: ({ isFresh }) => Number(isFresh),
  },
  {
    name: 'cairn_mirror_connected',
    type: 'gauge',
    help: '1 if the last request to the cluster was answered',
    read: ({ isConnected }) => Number(isConnected),
  },
  {
    name: 'cairn_mirror_index',
    type: 'gauge',
    help: 'Index of the store that the state is of; 0 if there is none',
    read: ({ state }) => state?.index ?? 0,
  },
  {
    name: 'cairn_mirror_keys',
    type: 'gauge',
    help: 'Keys in the state',
    read: ({ state }) => state?.keys ?? 0,
  },
  {
    name: 'cairn_mirror_bytes',
    type: 'gauge',
    help: 'Size of all files of the state',
    read: ({ state }) => state?.bytes ?? 0,
  },
  {
    name: 'cairn_mirror_current_timestamp_seconds',
    type: 'gauge',
    help: 'When the state was last seen to be that of the cluster, in seconds since 1970; 0 if not since the start',
    read: ({ currentAtS }) => currentAtS,
  },
  {
    name: 'cairn_mirror_lists_total',
    type: 'counter',
    help: 'Listings of the prefix that the cluster gave',
    read: ({ counts }) => counts.listed,
  },
  {
    name: 'cairn_mirror_list_failures_total',
    type: 'counter',
    help: 'Listings of the prefix that nobody gave',
    read: ({ counts }) => counts.notListed,
  },
  {
    name: 'cairn_mirror_refused_total',
    type: 'counter',
    help: 'Listings that were not written because something in them has no place in files; the log says which key',
    read: ({ counts }) => counts.refused,
  },
  {
    name: 'cairn_mirror_writes_total',
    type: 'counter',
    help: 'States that were written and changed over to',
    read: ({ counts }) => counts.written,
  },
  {
    name: 'cairn_mirror_write_failures_total',
    type: 'counter',
    help: 'States that could not be written, such as on a full disk',
    read: ({ counts }) => counts.notWritten,
  },
  {
    name: 'cairn_mirror_hooks_total',
    type: 'counter',
    help: 'Commands that ended with 0, or signals that were sent, after a change',
    read: ({ counts }) => counts.told,
  },
  {
    name: 'cairn_mirror_hook_failures_total',
    type: 'counter',
    help: 'Commands that failed or took too long, or signals that could not be sent',
    read: ({ counts }) => counts.notTold,
  },
];

/** A registry of its own: nothing else of the process is in it. */
export function registryOf(status: MirrorStatus): Registry {
  const registry = new Registry();
  for (const { name, type, help, read } of mirrorMetrics) {
    const registers = [registry];
    if (type === 'gauge') {
      new Gauge({
        ...{ name, help, registers },
        collect() {
          this.set(read(status));
        },
      });
    } else {
      new Counter({
        ...{ name, help, registers },
        collect() {
          this.reset();
          this.inc(read(status));
        },
      });
    }
  }
  return registry;
}
