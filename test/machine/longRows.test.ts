/** Rows of long values: in pieces, made a slice at a time, and the same bytes as ever. */
import { encodeBatch } from '../../src/machine/commandCodec';
import { Machine } from '../../src/machine/machine';
import { rowChecksum, type LongText, type Row } from '../../src/machine/rows';
import { set } from './keyspace/writer';
import { storedRow } from './storedRow';

const VALUE = '\xe9\x01x'.repeat(200_000);

function written(): Machine {
  const machine = new Machine(10);
  const commands = [set('/a', { value: VALUE }), set('/b', { value: 'short' }), set('/a', { value: `${VALUE}!` })];
  machine.apply(encodeBatch({ origin: 'a1', run: 1, sequence: 1, commands }));
  return machine;
}

const rowOf = (rows: readonly Row[], table: string, key?: string): Row =>
  rows.find((row) => row.table === table && (key === undefined || row.key === key))!;

test('the values are in them as they are, not copied into another text', () => {
  const rows = written().takeRows();
  const node = rowOf(rows, 'node', '/a');
  const events = rows.filter(({ table }) => table === 'event');
  expect((node.value as LongText).pieces.map(({ length }) => length)).toEqual([expect.any(Number), VALUE.length + 1]);
  // Set, and set again: the second event has the value before, too.
  const pieces = events.map(({ value }) => (value as LongText).pieces.filter(({ length }) => length >= VALUE.length));
  expect(pieces.flat()).toHaveLength(3);
  expect(rowOf(rows, 'node', '/b').value).toEqual(expect.stringMatching(/short$/));
  expect(node.checksum).toBe(rowChecksum('node', '/a', String(node.value)));
  for (const { key, value } of events) {
    expect(rowChecksum('event', key, value!)).toBe(rowChecksum('event', key, String(value)));
  }
});

test('a long event has a row of its own: the engine copies a row in one go', () => {
  const machine = written();
  const commands = Array.from({ length: 4 }, () => set('/c', { value: 'short' }));
  machine.apply(encodeBatch({ origin: 'a1', run: 1, sequence: 2, commands }));
  const rows = machine.takeRows().filter(({ table }) => table === 'event');
  // One value and a short event; the value again, with the one before; short ones.
  const lengths = rows.map(({ value }) => Math.round((value?.length ?? 0) / VALUE.length));
  expect(lengths).toEqual([1, 2, 0]);
  machine.apply(encodeBatch({ origin: 'a1', run: 1, sequence: 3, commands: [set('/c', { value: 'other' })] }));
  expect(machine.takeRows().filter(({ table }) => table === 'event')).toHaveLength(1);
});

test('rows of long events go when the history has lost them', () => {
  const machine = written();
  const stored = machine.takeRows().filter(({ table }) => table === 'event');
  const commands = Array.from({ length: 10 }, () => set('/c', { value: 'short' }));
  machine.apply(encodeBatch({ origin: 'a1', run: 1, sequence: 2, commands }));
  const gone = machine.takeRows().filter(({ table, value }) => table === 'event' && value === undefined);
  expect(gone.map(({ key }) => key)).toEqual(stored.map(({ key }) => key));
});

test('they are made in slices', () => {
  const slices = written().takingRows();
  let count = 0;
  while (slices.next().done !== true) count += 1;
  expect(count).toBeGreaterThan(1);
});

test('what they say is there again after a restart', () => {
  const machine = written();
  const restarted = new Machine(10);
  const rows = machine.takeRows().sort((a, b) => (a.key < b.key ? -1 : 1));
  for (const { table, key, value } of rows) restarted.loadRows(storedRow(table, key, String(value)));
  restarted.loaded();
  expect(restarted.digest()).toBe(machine.digest());
  const damaged = restarted.damagedNodes();
  for (let step = damaged.next(); step.done !== true; step = damaged.next()) expect(step.value).toBeUndefined();
  const events = (from: Machine) => [1, 2, 3].map((index) => from.keySpace.history.at(index));
  expect(events(restarted)).toEqual(events(machine));
});
