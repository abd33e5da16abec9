import { encodeBatch } from '../../src/machine/commandCodec';
import { Machine, type Applied } from '../../src/machine/machine';
import { Applier, type ApplierParts } from '../../src/member/applier';
import { APPLY_MAX_MS, APPLY_SLICES_MAX } from '../../src/member/settings';
import type { Entry } from '../../src/raft/types';
import { remove, set } from '../machine/keyspace/writer';

function makeScene(msAnEntry = 0) {
  const settled: Applied[] = [];
  let nowMs = 0;
  const machine = new Machine(10);
  const parts = {
    state: { machine },
    clock: { monotonicMs: () => nowMs },
    proposals: {
      settle: (applied: Applied) => {
        settled.push(applied);
        nowMs += msAnEntry;
      },
    },
    onUnreadable: () => undefined,
  };
  return { machine, settled, applier: new Applier(parts as unknown as ApplierParts) };
}

function entryOf(index: number, ...commands: ReturnType<typeof set | typeof remove>[]): Entry {
  return { kind: 'command', index, term: 1, data: encodeBatch({ origin: 'a', run: 1, sequence: index, commands }) };
}

const entries = (count: number): Entry[] =>
  Array.from({ length: count }, (_, at) => entryOf(at + 1, set(`/k${at}`, { value: String(at) })));

test('a long backlog is applied in order, a turn at a time', () => {
  const { applier, settled } = makeScene();
  applier.add(entries(3 * APPLY_SLICES_MAX));
  expect(applier.apply()).toMatchObject({ last: APPLY_SLICES_MAX });
  // Until the next turn no more of it, whatever comes in.
  expect(applier.apply()).toBeUndefined();
  applier.beginTurn();
  expect(applier.apply()).toMatchObject({ last: 2 * APPLY_SLICES_MAX });
  applier.beginTurn();
  expect(applier.apply()).toMatchObject({ last: 3 * APPLY_SLICES_MAX });
  expect(applier.hasWaiting).toBe(false);
  expect(settled.map(({ sequence }) => sequence)).toEqual(settled.map((_, at) => at + 1));
});

test('a turn ends when its time is up', () => {
  const { applier } = makeScene(APPLY_MAX_MS / 2);
  applier.add(entries(5));
  expect(applier.apply()).toMatchObject({ last: 2 });
});

test('an entry that takes many slices counts when it is done, and a member that stops finishes it', () => {
  const { applier, machine } = makeScene(APPLY_MAX_MS);
  const count = 300_000;
  machine.apply(
    encodeBatch({
      origin: 'a',
      run: 1,
      sequence: 1,
      commands: Array.from({ length: count }, (_, at) => set(`/d/${at}`)),
    }),
  );
  applier.add([entryOf(7, remove('/d', { dir: true, recursive: true })), entryOf(8, set('/d/x'))]);
  expect(applier.apply()).toMatchObject({ last: undefined });
  expect(applier.isInEntry).toBe(true);
  expect(machine.keySpace.tree.size).toBeGreaterThan(count / 2);
  expect(applier.finishEntry()).toBe(7);
  expect(applier.isInEntry).toBe(false);
  expect(machine.keySpace.tree.size).toBe(0);
  expect(applier.finishEntry()).toBeUndefined();
  applier.beginTurn();
  expect(applier.apply()).toMatchObject({ last: 8 });
});
