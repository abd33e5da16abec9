import { encodeChange } from '../../src/machine/cluster/clusterRows';
import { encodeBatch } from '../../src/machine/commandCodec';
import { FeatureLevelError, joinLevel, splitLevel } from '../../src/machine/features';
import { Machine } from '../../src/machine/machine';
import type { Row } from '../../src/machine/rows';
import { storedRow } from './storedRow';

const MEMBERS = ['a1', 'b2', 'c3'].map((id, at) => ({ id, peerURLs: [`http://h${at}:2380`] }));

function machineOf(knownLevel: number): Machine {
  const machine = new Machine(20, knownLevel);
  machine.bootstrap(MEMBERS);
  return machine;
}

const published = (memberId: string, level: number): Buffer =>
  encodeBatch({
    ...{ origin: memberId, run: 1, sequence: 1 },
    commands: [{ type: 'publish', memberId, name: memberId, clientURLs: [], version: '2.3.8', level }],
  });
const removed = (id: string): Buffer =>
  encodeChange({ origin: 'a1', run: 1, sequence: 1, change: { type: 'removeMember', id } });

function loadedFrom(rows: readonly Row[], knownLevel: number): Machine {
  const machine = new Machine(20, knownLevel);
  for (const { table, key, value } of rows) {
    if (value !== undefined) machine.loadRows(storedRow(table, key, String(value)));
  }
  machine.loaded();
  return machine;
}

it('the level in force rises only when every member has published at least that, and never falls', () => {
  const machine = machineOf(9);
  expect(machine.cluster.level).toBe(1);
  machine.apply(published('a1', 3));
  machine.apply(published('b2', 2));
  expect(machine.cluster.level).toBe(1);
  machine.apply(published('c3', 4));
  expect(machine.cluster.level).toBe(2);
  machine.apply(published('b2', 1));
  expect(machine.cluster.level).toBe(2);
});

it('it also rises when the last one that is older is removed, and an added member that has said nothing holds it', () => {
  const machine = machineOf(9);
  machine.apply(published('a1', 2));
  machine.apply(published('b2', 2));
  machine.applyConfiguration(removed('c3'));
  expect(machine.cluster.level).toBe(2);
  const change = { type: 'addMember', id: 'd4', peerURLs: ['http://h:1'], learner: true } as const;
  machine.applyConfiguration(encodeChange({ origin: 'a1', run: 1, sequence: 1, change }));
  machine.apply(published('a1', 3));
  machine.apply(published('b2', 3));
  expect(machine.cluster.level).toBe(2);
  machine.apply(published('d4', 3));
  expect(machine.cluster.level).toBe(3);
});

it('two versions of the program have the same state, byte for byte, until the older one cannot go on and says so', () => {
  const [older, newer] = [machineOf(1), machineOf(2)];
  for (const data of [published('a1', 2), published('b2', 1), published('c3', 2)]) {
    expect(newer.apply(data)).toEqual(older.apply(data));
    expect(newer.takeRows()).toEqual(older.takeRows());
  }
  newer.apply(published('b2', 2));
  expect(() => older.apply(published('b2', 2))).toThrow(FeatureLevelError);
  expect(() => older.apply(published('b2', 2))).toThrow(/level 2, this version of cairn reads up to 1/);
});

it('a state of a higher level is refused, one of an earlier version is of the first', () => {
  const machine = machineOf(2);
  for (const { id } of MEMBERS) machine.apply(published(id, 1));
  const first = machine.takeRows();
  for (const { id } of MEMBERS) machine.apply(published(id, 2));
  const second = machine.takeRows();
  expect(loadedFrom(first, 1).cluster.level).toBe(1);
  expect(loadedFrom(second, 2).cluster.level).toBe(2);
  expect(() => loadedFrom(second, 1)).toThrow(FeatureLevelError);
  // As it was stored before there were levels.
  const withoutLevels = first.map((row) =>
    row.table === 'member' ? { ...row, value: String(row.value).replace(',"level":1', '') } : row,
  );
  expect(JSON.stringify(withoutLevels)).not.toContain('level');
  const old = loadedFrom(withoutLevels, 2);
  expect(old.cluster.level).toBe(1);
  for (const { id } of MEMBERS) old.apply(published(id, 2));
  expect(old.cluster.level).toBe(2);
});

it('the level goes with the version, in a way that versions without levels can read', () => {
  expect(joinLevel('2.3.8', 1)).toBe('2.3.8');
  expect(joinLevel('2.3.8', 2)).toBe('2.3.8.2');
  expect(splitLevel('2.3.8')).toEqual({ version: '2.3.8', level: 1 });
  expect(splitLevel('2.3.8.2')).toEqual({ version: '2.3.8', level: 2 });
  for (const text of ['', '2.3', '2.3.8.', '2.3.8.9999999', '2.3.8.2.1']) {
    expect(splitLevel(text)).toEqual({ version: text, level: 1 });
  }
});
