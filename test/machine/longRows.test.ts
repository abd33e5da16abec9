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
  const [node, event] = [rowOf(rows, 'node', '/a'), rowOf(rows, 'event')];
  expect((node.value as LongText).pieces.map(({ length }) => length)).toEqual([expect.any(Number), VALUE.length + 1]);
  // Set, and set again: the second event has the value before, too.
  expect((event.value as LongText).pieces.filter(({ length }) => length >= VALUE.length)).toHaveLength(3);
  expect(rowOf(rows, 'node', '/b').value).toEqual(expect.stringMatching(/short$/));
  expect(node.checksum).toBe(rowChecksum('node', '/a', String(node.value)));
  expect(rowChecksum('event', event.key, event.value!)).toBe(rowChecksum('event', event.key, String(event.value)));
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
