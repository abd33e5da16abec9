/**
 * What etcd 0.4 called the cluster's configuration: how many members are to vote, and when one that is silent is replaced (spec v0-api
 * section 7). The key `/_etcd/config` is where it is kept, so it is stored, sent and compared as every other key is.
 */
import type { SettingsCommand } from '../command';
import type { Tree } from '../keyspace/tree';
import type { MachineState } from '../machineState';
import { CONFIG_PATH } from './clusterKeys';

export interface ClusterSettings {
  readonly activeSize: number;
  readonly removeDelayMs: number;
  readonly syncIntervalMs: number;
  /** Somebody has set them. While nobody has, they are shown and nothing else: no member is kept out, demoted or replaced. */
  readonly isSet: boolean;
}

/** The values; undefined ones stay as they are. */
export type SettingsChange = Partial<Omit<ClusterSettings, 'isSet'>>;

/** What etcd 0.4 shows for a cluster that was started without flags. */
export const DEFAULT_SETTINGS: ClusterSettings = {
  activeSize: 9,
  removeDelayMs: 1_800_000,
  syncIntervalMs: 5000,
  isSet: false,
};

interface Bounds {
  readonly min: number;
  readonly max: number;
}

/** The lowest are etcd's; the highest keep any sum of them a number that a clock can be asked for. */
export const SETTINGS_BOUNDS: Readonly<Record<keyof SettingsChange, Bounds>> = {
  activeSize: { min: 3, max: 1_000_000 },
  removeDelayMs: { min: 2000, max: 1_000_000_000_000 },
  syncIntervalMs: { min: 1000, max: 1_000_000_000 },
};

/** As 0.4 prints it: seconds, in this order. */
export function settingsJson({ activeSize, removeDelayMs, syncIntervalMs }: ClusterSettings): string {
  return JSON.stringify({ activeSize, removeDelay: removeDelayMs / 1000, syncInterval: syncIntervalMs / 1000 });
}

/** A key that was only made shows what 0.4 shows; one that was written since has been set. */
export function settingsOf(tree: Tree): ClusterSettings {
  const node = tree.find(CONFIG_PATH);
  if (node?.dir !== false || node.modifiedIndex === node.createdIndex) return DEFAULT_SETTINGS;
  return parsed(node.value) ?? DEFAULT_SETTINGS;
}

/** Takes an index, as every change of the cluster does; none if the values are meant for a cluster that has none, and this one does. */
export function changeSettings({ keySpace }: MachineState, { change, onlyIfUnset }: SettingsCommand): undefined {
  const { tree } = keySpace;
  const current = settingsOf(tree);
  const node = tree.find(CONFIG_PATH);
  if ((onlyIfUnset && current.isSet) || node?.dir !== false) return;
  keySpace.skipIndex();
  tree.write(node, settingsJson(merged(current, change)), keySpace.index);
}

function merged(current: ClusterSettings, change: SettingsChange): ClusterSettings {
  return {
    activeSize: within('activeSize', change.activeSize ?? current.activeSize),
    removeDelayMs: within('removeDelayMs', change.removeDelayMs ?? current.removeDelayMs),
    syncIntervalMs: within('syncIntervalMs', change.syncIntervalMs ?? current.syncIntervalMs),
    isSet: true,
  };
}

function within(name: keyof SettingsChange, value: number): number {
  const { min, max } = SETTINGS_BOUNDS[name];
  return Math.min(Math.max(value, min), max);
}

function parsed(text: string): ClusterSettings | undefined {
  let fields: ReadonlyMap<string, unknown>;
  try {
    fields = new Map<string, unknown>(Object.entries(JSON.parse(text) as object));
  } catch {
    return undefined;
  }
  const [activeSize, removeDelay, syncInterval] = ['activeSize', 'removeDelay', 'syncInterval'].map((name) =>
    fields.get(name),
  );
  if (typeof activeSize !== 'number' || typeof removeDelay !== 'number' || typeof syncInterval !== 'number') {
    return undefined;
  }
  const change = {
    activeSize,
    removeDelayMs: Math.round(removeDelay * 1000),
    syncIntervalMs: Math.round(syncInterval * 1000),
  };
  return merged(DEFAULT_SETTINGS, change);
}
