import {
  DEFAULT_SETTINGS,
  settingsJson,
  settingsOf,
  type SettingsChange,
} from '../../../src/machine/cluster/clusterSettings';
import { encodeBatch } from '../../../src/machine/commandCodec';
import type { Command } from '../../../src/machine/command';
import { Machine } from '../../../src/machine/machine';
import type { Row } from '../../../src/machine/rows';
import { storedRow } from '../storedRow';

const HISTORY = 20;

function machine(level = 3): Machine {
  const made = new Machine(HISTORY);
  made.bootstrap([{ id: '1', peerURLs: ['http://a:1'] }]);
  apply(made, { type: 'publish', memberId: '1', name: 'a', clientURLs: ['http://a:2'], version: '2.3.8', level });
  return made;
}

function apply(to: Machine, ...commands: Command[]): string | undefined {
  return to.apply(encodeBatch({ origin: '1', run: 1, sequence: 1, commands })).fault;
}

function settings(change: SettingsChange, onlyIfUnset = false): Command {
  return { type: 'settings', onlyIfUnset, change };
}

test('nobody has set them at first, whatever happens to the members', () => {
  const made = machine();
  apply(made, { type: 'updateMember', memberId: '1', peerURLs: ['http://b:1'] });
  expect(settingsOf(made.keySpace.tree)).toEqual(DEFAULT_SETTINGS);
  expect(settingsJson(DEFAULT_SETTINGS)).toBe('{"activeSize":9,"removeDelay":1800,"syncInterval":5}');
});

test('a change takes one index and shows at the key of etcd 0.4; values too small are raised', () => {
  const made = machine();
  const before = made.keySpace.index;
  expect(apply(made, settings({ activeSize: 1, removeDelayMs: 1, syncIntervalMs: 2500 }))).toBeUndefined();
  expect(made.keySpace.index).toBe(before + 1);
  const found = settingsOf(made.keySpace.tree);
  expect(found).toEqual({ activeSize: 3, removeDelayMs: 2000, syncIntervalMs: 2500, isSet: true });
  expect(made.keySpace.tree.find('/_etcd/config')).toMatchObject({ value: settingsJson(found) });
  apply(made, settings({ activeSize: 5 }));
  expect(settingsOf(made.keySpace.tree)).toMatchObject({ activeSize: 5, syncIntervalMs: 2500 });
});

test('setting the values that are shown already is setting them', () => {
  const made = machine();
  apply(made, settings({}));
  expect(settingsOf(made.keySpace.tree)).toEqual({ ...DEFAULT_SETTINGS, isSet: true });
});

test('those of a new cluster change nothing once some were set, and take no index', () => {
  const made = machine();
  apply(made, settings({ activeSize: 4 }, true));
  const { index } = made.keySpace;
  apply(made, settings({ activeSize: 7 }, true));
  expect(settingsOf(made.keySpace.tree).activeSize).toBe(4);
  expect(made.keySpace.index).toBe(index);
});

test('they outlive changes of the members, and are in rows and digest', () => {
  const made = machine();
  const other = machine();
  expect(other.digest()).toBe(made.digest());
  apply(made, settings({ activeSize: 4 }));
  apply(other, settings({ activeSize: 5 }));
  expect(other.digest()).not.toBe(made.digest());
  apply(made, { type: 'updateMember', memberId: '1', peerURLs: ['http://b:1'] });
  const restored = new Machine(HISTORY);
  restore(restored, made.takeRows());
  expect(settingsOf(restored.keySpace.tree)).toEqual(settingsOf(made.keySpace.tree));
  expect(settingsOf(restored.keySpace.tree).activeSize).toBe(4);
});

test('while a member cannot read them an entry with them has no effect on any', () => {
  const made = machine(2);
  expect(apply(made, settings({ activeSize: 4 }))).toContain('feature level 3');
  expect(settingsOf(made.keySpace.tree)).toEqual(DEFAULT_SETTINGS);
});

function restore(into: Machine, rows: readonly Row[]): void {
  const sorted = [...rows].sort((a, b) => (a.key < b.key ? -1 : 1));
  for (const { table, key, value } of sorted)
    if (typeof value === 'string') into.loadRows(storedRow(table, key, value));
  into.loaded();
}
