import type { Action, NodeView } from '../../../src/machine/keyspace/event';
import { LockQueue } from '../../../src/api/modules/lockQueue';
import { event, node } from '../fakeMember';

const LOCK = '/_etcd/mod/lock/a/b';

function keyOf(index: number): string {
  return `${LOCK}/${String(index).padStart(20, '0')}`;
}

function place(index: number, value = '-'): NodeView {
  return node({ key: keyOf(index), value, createdIndex: index, modifiedIndex: index });
}

function happens(queue: LockQueue, action: Action, view: NodeView, etcdIndex: number): readonly number[] {
  return queue.apply(event({ action, node: view, etcdIndex })).map(({ index }) => index);
}

test('the lowest number is first, whatever the order of a listing', () => {
  const queue = new LockQueue(LOCK, [place(12), place(9), place(100)]);
  expect(queue.first?.index).toBe(9);
  expect(queue.size).toBe(3);
  expect(queue.has(keyOf(100))).toBe(true);
  // Who was first before it was looked at may have been told long ago.
  expect(queue.firstSinceIndex).toBe(0);
});

test('who goes is told of, and who is first then since when', () => {
  const queue = new LockQueue(LOCK, [place(5), place(6), place(7)]);
  expect(happens(queue, 'compareAndDelete', place(6), 8)).toEqual([6]);
  expect(queue.firstSinceIndex).toBe(0);
  expect(happens(queue, 'expire', place(5), 9)).toEqual([5]);
  expect(queue.first?.index).toBe(7);
  expect(queue.firstSinceIndex).toBe(9);
  expect(happens(queue, 'delete', place(5), 10)).toEqual([]);
});

test('a change of a node takes nobody out, and nobody becomes first by it', () => {
  const queue = new LockQueue(LOCK, [place(5), place(6)]);
  for (const action of ['update', 'compareAndSwap', 'set'] as const) {
    expect(happens(queue, action, place(5), 7)).toEqual([]);
    expect(queue.first?.index).toBe(5);
  }
});

test('of several places of one value the lowest counts', () => {
  const queue = new LockQueue(LOCK, []);
  for (const [index, value] of [
    [4, 'a'],
    [5, 'b'],
    [6, 'b'],
    [7, 'a'],
  ] as const) {
    happens(queue, 'create', place(index, value), index);
  }
  expect(queue.lowestOf('b')?.index).toBe(5);
  happens(queue, 'delete', place(5, 'b'), 8);
  expect(queue.lowestOf('b')?.index).toBe(6);
  happens(queue, 'delete', place(6, 'b'), 9);
  expect(queue.lowestOf('b')).toBeUndefined();
  expect(queue.firstSinceIndex).toBe(4);
});

test('what a directory takes with it is gone, also one above', () => {
  for (const key of [LOCK, '/_etcd/mod/lock', '/_etcd']) {
    const queue = new LockQueue(LOCK, [place(5), place(6)]);
    expect(happens(queue, 'delete', node({ key, dir: true }), 7)).toEqual([5, 6]);
    expect(queue.first).toBeUndefined();
  }
});

test('a place that a directory is set over is gone', () => {
  const queue = new LockQueue(LOCK, [place(5), place(6)]);
  expect(happens(queue, 'set', node({ key: keyOf(5), dir: true }), 7)).toEqual([5]);
  expect(queue.first?.index).toBe(6);
});

test('only nodes that are numbers count, and only those of this lock', () => {
  const queue = new LockQueue(LOCK, [
    node({ key: `${LOCK}/c`, value: 'x' }),
    node({ key: `${LOCK}/7`, dir: true }),
    node({ key: `${LOCK}/99999999999999999999`, value: 'x' }),
  ]);
  happens(queue, 'create', node({ key: `${LOCK}/c/00000000000000000003`, value: 'x' }), 3);
  expect(queue.size).toBe(0);
  happens(queue, 'set', node({ key: `${LOCK}/3`, value: 'by hand' }), 4);
  expect(queue.first).toEqual({ key: `${LOCK}/3`, index: 3, value: 'by hand' });
});

test('who writes a lower number by hand is first', () => {
  const queue = new LockQueue(LOCK, [place(5, 'v'), place(6, 'v')]);
  happens(queue, 'set', place(2, 'v'), 9);
  expect(queue.first?.index).toBe(2);
  expect(queue.lowestOf('v')?.index).toBe(2);
  expect(queue.firstSinceIndex).toBe(9);
});

test('of two names of one number the same one is first, whichever came first', () => {
  const [plain, padded] = [node({ key: `${LOCK}/5`, value: 'plain' }), place(5, 'padded')];
  const queue = new LockQueue(LOCK, []);
  for (const each of [plain, padded]) happens(queue, 'set', each, 9);
  for (const nodes of [
    [plain, padded],
    [padded, plain],
  ])
    expect(new LockQueue(LOCK, nodes).first).toEqual(queue.first);
  happens(queue, 'delete', padded, 10);
  expect([queue.first?.key, queue.lowestOf('padded')]).toEqual([plain.key, undefined]);
});

test('tens of thousands of places whose numbers are below one that stands before them take no time', () => {
  const nodes = Array.from({ length: 20_000 }, (_, at) => node({ key: `${LOCK}/${100_000 + at}`, value: '-' }));
  const high = node({ key: `${LOCK}/08000000000000000`, value: '-' });
  const before = process.cpuUsage();
  const read = new LockQueue(LOCK, [high, ...nodes]);
  expect(process.cpuUsage(before).user / 1000).toBeLessThan(100);
  expect([read.first?.key, read.size]).toEqual([`${LOCK}/100000`, 20_001]);
  const told = new LockQueue(LOCK, [high]);
  const beforeEvents = process.cpuUsage();
  for (const [at, each] of nodes.entries()) happens(told, 'create', each, at + 5);
  for (const [at, each] of nodes.entries()) happens(told, 'expire', each, at + 30_000);
  // One at a time, and forty thousand of them.
  expect(process.cpuUsage(beforeEvents).user / 1000).toBeLessThan(2000);
  expect(told.first?.key).toBe(high.key);
});
