import type { Command } from '../../src/machine/command';
import { encodeBatch } from '../../src/machine/commandCodec';
import type { KeyEvent } from '../../src/machine/keyspace/event';
import { Machine, type Applied } from '../../src/machine/machine';
import type { Row } from '../../src/machine/rows';
import { NOW_MS, remove, set } from './keyspace/writer';

const COUNT = 9000;

let sequence = 0;
const batch = (...commands: Command[]): Buffer =>
  encodeBatch({ origin: 'ce2a822cea30bfca', run: 1, sequence: ++sequence, commands });

/** A large tree, and one key beside it; `/big` expires. */
function filled(): Machine {
  const machine = new Machine(100);
  const commands: Command[] = [];
  for (let at = 0; at < COUNT; at += 1) {
    commands.push(set(`/big/${at % 50}/${at}`, { expirationMs: at % 10 === 0 ? NOW_MS + 5000 : undefined }));
  }
  machine.apply(batch(...commands, set('/other', { value: 'x' })));
  machine.takeRows();
  return machine;
}

const get = (machine: Machine, path: string) => machine.keySpace.get(path, true, true, NOW_MS);

/** Runs `between` after each slice. */
function slice(machine: Machine, data: Buffer, between: () => void): Applied {
  const slices = machine.applying(data);
  for (;;) {
    const { done, value } = slices.next();
    if (done === true) return value;
    between();
  }
}

const removal = remove('/big', { dir: true, recursive: true });

test('a large tree goes in slices, and for readers at once', () => {
  const machine = filled();
  const { index } = machine.keySpace;
  let slices = 0;
  slice(machine, batch(removal), () => {
    slices += 1;
    expect(get(machine, '/big')).toMatchObject({ ok: false, code: 100, cause: '/big' });
    expect(get(machine, '/big/7/8957')).toMatchObject({ ok: false, code: 100, cause: '/big' });
    const root = get(machine, '/') as KeyEvent;
    expect(root.node.nodes).toEqual([expect.objectContaining({ key: '/other' })]);
    expect(root.etcdIndex).toBe(index + 1);
  });
  expect(slices).toBeGreaterThan(5);
});

test('what comes behind it in the same entry finds it gone; slices change nothing of what is stored', () => {
  const [one, other] = [filled(), filled()];
  const data = batch(removal, set('/big/7/8957', { value: 'new' }), removal, set('/big', { value: 'file' }));
  let slices = 0;
  const applied = slice(one, data, () => (slices += 1));
  expect(slices).toBeGreaterThan(5);
  expect(applied).toEqual(other.apply(data));
  expect(applied.results.every((result) => result?.ok)).toBe(true);
  expect(one.digest()).toBe(other.digest());
  const byKey = (a: { key: string }, b: { key: string }): number => (a.key < b.key ? -1 : 1);
  const rows = one.takeRows().sort(byKey);
  expect(rows).toEqual(other.takeRows().sort(byKey));
  expect(rows.filter(({ table, value }) => table === 'node' && value === undefined)).toHaveLength(COUNT + 50);
  expect(one.keySpace.tree.size).toBe(2);
  expect(one.keySpace.tree.expiries.size).toBe(0);
});

test('a large directory that expires goes the same way, with those that are due behind it', () => {
  const machine = new Machine(100);
  const commands: Command[] = [set('/big', { dir: true, expirationMs: NOW_MS + 10 })];
  for (let at = 0; at < COUNT; at += 1) commands.push(set(`/big/${at}`, { expirationMs: NOW_MS + 20 }));
  machine.apply(batch(...commands, set('/last', { expirationMs: NOW_MS + 15 })));
  const { index } = machine.keySpace;
  let slices = 0;
  slice(machine, batch({ type: 'sync', nowMs: NOW_MS + 30, expireMax: 10 }), () => {
    slices += 1;
    expect(get(machine, '/big/5')).toMatchObject({ ok: false });
  });
  expect(slices).toBeGreaterThan(5);
  expect(machine.keySpace.index).toBe(index + 2);
  expect(machine.keySpace.tree.size).toBe(0);
});

test('watchers below hear of it; one that came when it was gone already does not', () => {
  const machine = filled();
  const heard: string[] = [];
  const watch = (name: string, path: string): void => {
    const deliver = (): number => heard.push(name);
    machine.keySpace.watch({ path, recursive: false, stream: true, sinceIndex: 0, deliver });
  };
  watch('early', '/big/49/8999');
  watch('nothing there', '/big/49/none');
  let isFirst = true;
  slice(machine, batch(removal), () => {
    if (isFirst) watch('late', '/big/49/8999');
    isFirst = false;
  });
  for (const { watcher, event } of machine.keySpace.takeNotifications()) watcher.deliver(event);
  expect(heard).toEqual(['early']);
  machine.apply(batch(set('/big/49/8999')));
  for (const { watcher, event } of machine.keySpace.takeNotifications()) watcher.deliver(event);
  expect(heard).toEqual(['early', 'early', 'late']);
});

test('a listing under way shows the tree as it was, while it is removed', () => {
  const machine = filled();
  const before = machine.keySpace.get('/big', true, true, NOW_MS, 10);
  const after = get(machine, '/big') as KeyEvent;
  const expiring = (after.node.nodes ?? []).flatMap(({ nodes }) => nodes ?? []).filter((node) => node.expirationMs);
  slice(machine, batch(removal), () => undefined);
  let [files, withTtl] = [0, 0];
  for (const step of (before.ok ? before.listing : undefined) ?? []) {
    if (step.type !== 'node') continue;
    files += 1;
    if (step.view.expirationMs !== undefined) withTtl += 1;
  }
  expect([files, withTtl]).toEqual([COUNT, expiring.length]);
  expect(withTtl).toBeGreaterThan(0);
});

test('the rows of a key of a megabyte, each with a key nearly as long, are taken in slices', () => {
  const machine = new Machine(10);
  machine.apply(batch(set(`/${'k'.repeat(4079)}`.repeat(256), { value: 'x' })));
  const taking = machine.takingRows();
  let slices = 0;
  let rows: Row[] | undefined;
  for (let step = taking.next(); rows === undefined; step = taking.next()) {
    if (step.done === true) rows = step.value;
    else slices += 1;
  }
  const bytes = rows.reduce((sum, { key }) => sum + key.length, 0);
  expect(bytes).toBeGreaterThan(100 * 1024 * 1024);
  // Each has a megabyte, or somewhat more.
  expect(slices).toBeGreaterThan(60);
  // Gone, they are no less.
  machine.apply(batch(remove('/'.concat('k'.repeat(4079)), { dir: true, recursive: true })));
  expect([...machine.takingRows()].length).toBeGreaterThan(60);
});
