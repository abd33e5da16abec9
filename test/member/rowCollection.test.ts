import { collectInTurns, collectRows } from '../../src/member/rowCollection';
import { encodeBatch } from '../../src/machine/commandCodec';
import { Machine } from '../../src/machine/machine';
import type { Clock } from '../../src/platform/clock';
import { MemberStore } from '../../src/storage/memberStore';
import { MemoryDisk } from '../../src/storage/memory';
import type { PreparedRows } from '../../src/storage/preparedRows';
import { set } from '../machine/keyspace/writer';

function makeClock() {
  const turns: (() => void)[] = [];
  return { turns, clock: { monotonicMs: () => 0, soon: (run: () => void) => turns.push(run) } as unknown as Clock };
}

test('many rows are collected in several turns, and are those of one moment', async () => {
  const machine = new Machine(10);
  const commands = Array.from({ length: 200_000 }, (_, at) => set(`/${at}`));
  machine.apply(encodeBatch({ origin: 'a', run: 1, sequence: 1, commands }));
  const store = await MemberStore.open(new MemoryDisk().open());
  const { turns, clock } = makeClock();
  let collected: PreparedRows | undefined;
  collectInTurns(clock, collectRows(machine, store), fail, (rows) => (collected = rows));
  let count = 0;
  for (let turn = turns.shift(); turn !== undefined; turn = turns.shift()) {
    expect(collected).toBeUndefined();
    count += 1;
    turn();
  }
  expect(count).toBeGreaterThanOrEqual(3);
  expect(collected?.operations.length).toBeGreaterThanOrEqual(commands.length);
  expect(machine.takeRows()).toEqual([]);
});

test('rows with long keys are made ready in slices', async () => {
  const machine = new Machine(10);
  machine.apply(encodeBatch({ origin: 'a', run: 1, sequence: 1, commands: [set(`/${'k'.repeat(4079)}`.repeat(256))] }));
  const rows = machine.takeRows();
  // As if they had been taken at once: only making them ready is counted.
  jest.spyOn(machine, 'takingRows').mockImplementation(function* () {
    yield* [];
    return rows;
  });
  const store = await MemberStore.open(new MemoryDisk().open());
  const slices = collectRows(machine, store);
  let count = 0;
  let prepared: PreparedRows | undefined;
  for (let step = slices.next(); prepared === undefined; step = slices.next()) {
    if (step.done === true) prepared = step.value;
    else count += 1;
  }
  expect(count).toBeGreaterThan(60);
  expect(prepared.bytes).toBeGreaterThan(100 * 1024 * 1024);
});

test('few are collected at once', () => {
  const { turns, clock } = makeClock();
  const done = jest.fn();
  collectInTurns(clock, few(), fail, done);
  expect(done).toHaveBeenCalledWith('all');
  expect(turns).toEqual([]);
});

test('an error is told, in whatever turn it happens', () => {
  const { turns, clock } = makeClock();
  const failed = jest.fn();
  collectInTurns(clock, failing(), failed, fail);
  expect(failed).not.toHaveBeenCalled();
  turns.shift()?.();
  expect(failed).toHaveBeenCalledWith(new Error('late'));
});

function fail(): void {
  throw new Error('unexpected');
}

function* few(): Generator<undefined, string, undefined> {
  yield;
  return 'all';
}

function* failing(): Generator<undefined, string, undefined> {
  for (let count = 0; count < 150; count += 1) yield;
  throw new Error('late');
}
