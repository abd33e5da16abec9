import { Machine } from '../../src/machine/machine';
import { rowChecksum, type Row } from '../../src/machine/rows';
import { Scrub } from '../../src/member/scrub';
import { encodeBatch } from '../../src/machine/commandCodec';
import { set } from '../machine/keyspace/writer';
import { storedRow } from '../machine/storedRow';

const STEPS = 5;

function write(machine: Machine, ...paths: readonly string[]): void {
  const commands = paths.map((path) => set(path, { value: 'value' }));
  machine.apply(encodeBatch({ origin: 'a', run: 1, sequence: 1, commands }));
}

function manyPaths(): string[] {
  return Array.from({ length: 2500 }, (_, number) => `/many/${number % 7}/${number}`);
}

/** A machine that holds what `written` stored, as a restart makes it. */
function restarted(written: Machine, change: (row: Row) => Row = (row) => row): Machine {
  const machine = new Machine(10);
  const rows = written.takeRows().sort((a, b) => (a.key < b.key ? -1 : 1));
  for (const { table, key, value = '' } of rows) {
    const checksum = rowChecksum(table, key, value);
    const stored = change({ table, key, value });
    machine.loadRows({ ...storedRow(table, key, String(stored.value)), checksums: [checksum] });
  }
  machine.loaded();
  return machine;
}

function steps(scrub: Scrub, count = STEPS): void {
  for (let step = 0; step < count; step += 1) scrub.step();
}

test('what is as it was stored passes', () => {
  const written = new Machine(10);
  write(written, ...manyPaths());
  steps(new Scrub({ machine: restarted(written) }));
});

test('one changed character is found, with its key, within some steps', () => {
  const written = new Machine(10);
  write(written, ...manyPaths());
  const machine = restarted(written, (row) =>
    row.key === '/many/3/2201' ? { ...row, value: String(row.value).replace('value', 'valve') } : row,
  );
  const scrub = new Scrub({ machine });
  expect(() => steps(scrub, 1)).not.toThrow();
  expect(() => steps(scrub)).toThrow('the row of /many/3/2201 has a wrong checksum');
});

test('what is written meanwhile is left to the next write of its row', () => {
  const written = new Machine(10);
  write(written, ...manyPaths());
  const machine = restarted(written, (row) =>
    row.key === '/many/3/2201' ? { ...row, value: String(row.value).replace('value', 'valve') } : row,
  );
  write(machine, '/many/3/2201', '/more/1', '/more/2/3');
  const scrub = new Scrub({ machine });
  steps(scrub, 1);
  machine.takeRows();
  write(machine, '/even/more');
  steps(scrub);
});

test('a state that takes the place of another is looked at from its beginning', () => {
  const written = new Machine(10);
  write(written, '/a', '/b');
  const state = { machine: restarted(written) };
  const scrub = new Scrub(state);
  steps(scrub);
  const other = new Machine(10);
  write(other, '/c');
  state.machine = restarted(other, (row) =>
    row.key === '/c' ? { ...row, value: String(row.value).replace('value', 'valve') } : row,
  );
  expect(() => steps(scrub, 1)).toThrow('the row of /c has a wrong checksum');
});
