import fc from 'fast-check';
import type { KeyEvent } from '../../../src/machine/keyspace/event';
import { KeySpace } from '../../../src/machine/keyspace/keySpace';
import { ListingCutError } from '../../../src/machine/keyspace/runningListings';
import { filled, keeping, listed, readerOf, shown, type Reader, type Shown } from './listingReader';
import { create, expire, NOW_MS, remove, set, update } from './writer';

const names = fc.constantFrom('a', 'b', 'c', '_h');
const paths = fc.array(names, { minLength: 1, maxLength: 4 }).map((parts) => `/${parts.join('/')}`);
const writes = fc.oneof(
  fc.record({ path: paths, value: fc.string({ maxLength: 2 }) }).map(({ path, value }) => set(path, { value })),
  paths.map((path) => set(path, { value: 'x', expirationMs: NOW_MS + 5000 })),
  paths.map((path) => create(path, { dir: true })),
  paths.map((path) => update(path, { value: 'u' })),
  paths.map((path) => update(path, { expirationMs: NOW_MS + 9000 })),
  paths.map((path) => remove(path, { dir: true, recursive: true })),
);

test('a listing shows the tree as it was when it began, whatever happens while it is walked through', () => {
  fc.assert(
    fc.property(
      fc.array(writes, { minLength: 5, maxLength: 40 }),
      fc.array(fc.tuple(writes, fc.nat({ max: 2 })), { maxLength: 40 }),
      fc.constantFrom('/', '/a', '/a/b'),
      fc.boolean(),
      fc.boolean(),
      (before, during, path, recursive, sorted) => {
        const keySpace = new KeySpace(100);
        for (const command of before) keySpace.apply(command);
        const result = keySpace.get(path, recursive, sorted, NOW_MS);
        if (!result.ok || !result.node.dir) return;
        const whole = result.node.nodes?.map(shown) ?? [];
        if (whole.length === 0) return;
        const event = listed(keySpace, path, recursive, sorted, 0);
        const reader = readerOf(event);
        for (const [command, steps] of during) {
          reader.read(steps);
          keySpace.apply(command);
        }
        expire(keySpace, NOW_MS + 10_000);
        reader.read();
        expect(reader.top).toEqual(whole);
        expect(event.etcdIndex).toBe(result.etcdIndex);
      },
    ),
    { numRuns: 300 },
  );
});

const REQUESTS = fc.record({
  path: fc.constantFrom('/', '/a', '/a/b'),
  recursive: fc.boolean(),
  sorted: fc.boolean(),
  /** How many steps of it are read after each change. */
  steps: fc.nat({ max: 2 }),
  /** After so many changes its client goes away. */
  changes: fc.nat({ max: 40 }),
});

test('so does each of many that began at different moments, and one for which there is no room any more shows that it is not whole', () => {
  let [whole, cut] = [0, 0];
  fc.assert(
    fc.property(
      fc.array(writes, { minLength: 5, maxLength: 40 }),
      fc.array(fc.tuple(writes, fc.option(REQUESTS)), { maxLength: 60 }),
      fc.constantFrom(700, 1_000_000, 1_000_000),
      fc.constantFrom(1, 4, 100),
      (before, during, bytesMax, handedOver) => {
        const { keySpace, listings } = keeping(bytesMax, handedOver);
        for (const command of before) keySpace.apply(command);
        const open: { reader: Reader; begun: KeyEvent; then: Shown[]; steps: number; left: number }[] = [];
        /** False once it is over. */
        const goOn = (each: (typeof open)[number], steps?: number): boolean => {
          try {
            if (each.reader.read(steps)) return true;
            whole += 1;
            expect(each.reader.top).toEqual(each.then);
          } catch (error) {
            if (!(error instanceof ListingCutError)) throw error;
            cut += 1;
            expect(bytesMax).toBe(700);
          }
          return false;
        };
        for (const [command, request] of during) {
          if (request !== null) {
            const { path, recursive, sorted, steps, changes } = request;
            const result = keySpace.get(path, recursive, sorted, NOW_MS);
            if (result.ok && result.node.nodes !== undefined) {
              const begun = listed(keySpace, path, recursive, sorted, 0);
              open.push({ reader: readerOf(begun), begun, then: result.node.nodes.map(shown), steps, left: changes });
            }
          }
          keySpace.apply(command);
          expect(listings.bytes).toBeLessThanOrEqual(bytesMax);
          for (const each of [...open]) {
            if (each.left === 0) each.begun.listing?.return();
            if (each.left === 0 || !goOn(each, each.steps)) open.splice(open.indexOf(each), 1);
            each.left -= 1;
          }
        }
        expire(keySpace, NOW_MS + 10_000);
        for (const each of open) goOn(each);
        expect([listings.count, listings.bytes]).toEqual([0, 0]);
      },
    ),
    { numRuns: 300 },
  );
  expect(whole).toBeGreaterThan(200);
  expect(cut).toBeGreaterThan(10);
});

function rewrite(keySpace: KeySpace, value: string): void {
  for (let at = 0; at < 600; at += 1) keySpace.apply(set(`/${at % 2 === 0 ? 'even' : 'odd'}/${at}`, { value }));
}

test('what changes is kept once, however many listings have to show it as it was, and goes with the last of them', () => {
  const { keySpace, listings } = keeping(1_000_000_000);
  filled(keySpace);
  const begun = Array.from({ length: 20 }, () => listed(keySpace, '/', true, false, 0));
  expect(listings.count).toBe(20);
  rewrite(keySpace, 'w');
  const { bytes } = listings;
  expect(bytes).toBeGreaterThan(600 * 400);
  expect(bytes).toBeLessThan(600 * 500);
  // They would be shown it as it is now.
  const later = listed(keySpace, '/', true, false, 0);
  rewrite(keySpace, 'x');
  later.listing?.return();
  // For a while there is the view of then and the one of before.
  expect(listings.bytes).toBeLessThanOrEqual(2 * bytes + 1000);
  // Nodes that are made and go meanwhile are nobody's.
  for (let at = 0; at < 100; at += 1) {
    keySpace.apply(set(`/new/${at}`, { value: 'v'.repeat(100) }));
    keySpace.apply(set(`/new/${at}`, { value: 'w' }));
    keySpace.apply(remove('/new', { dir: true, recursive: true }));
  }
  expect(listings.bytes).toBeLessThan(bytes + 1000);
  for (const { listing } of begun.slice(1)) listing?.return();
  expect(listings.bytes).toBeGreaterThanOrEqual(bytes);
  const reader = readerOf(begun[0]!);
  reader.read();
  expect(reader.top.flatMap(({ nodes }) => nodes ?? []).every(({ value }) => value?.length === 100)).toBe(true);
  expect([listings.count, listings.bytes]).toEqual([0, 0]);
});

test('nothing is kept of what a listing has shown: directories that it went through, and what is before it in order', () => {
  const { keySpace, listings } = keeping(1_000_000_000);
  filled(keySpace);
  const unsorted = readerOf(listed(keySpace, '/', true, false, 0));
  const sorted = readerOf(listed(keySpace, '/', true, true, 0));
  // The first directory, "even", with its 300 keys, and some of the other one.
  for (const reader of [unsorted, sorted]) {
    while (reader.top[1] === undefined) reader.read(1);
    reader.read(100);
  }
  const paths = keySpace.get('/even', false, true, NOW_MS);
  if (!paths.ok) throw new Error('it is there');
  for (const { key } of paths.node.nodes ?? []) keySpace.apply(set(key, { value: 'w' }));
  expect(listings.bytes).toBe(0);
  unsorted.read();
  const first = keySpace.get('/odd', false, true, NOW_MS);
  if (!first.ok) throw new Error('it is there');
  for (const { key } of first.node.nodes?.slice(0, 50) ?? []) keySpace.apply(set(key, { value: 'w' }));
  expect(listings.bytes).toBe(0);
  sorted.read();
  for (const { top } of [unsorted, sorted])
    expect(top.flatMap(({ nodes }) => nodes ?? []).every(({ value }) => value?.length === 100)).toBe(true);
});

test('where more changes than is kept, the listings that began first are cut, and hold nothing', () => {
  const { keySpace, listings } = keeping(600 * 500);
  filled(keySpace);
  const slow = Array.from({ length: 3 }, () => listed(keySpace, '/', true, false, 0));
  rewrite(keySpace, 'w'.repeat(100));
  expect(listings.count).toBe(3);
  const last = readerOf(listed(keySpace, '/', true, false, 0));
  rewrite(keySpace, 'x'.repeat(100));
  expect(listings.count).toBe(1);
  expect(listings.bytes).toBeLessThanOrEqual(600 * 500);
  for (const event of slow) {
    const reader = readerOf(event);
    expect(() => reader.read()).toThrow(ListingCutError);
    expect(reader.top).toEqual([]);
  }
  last.read();
  expect(last.top.flatMap(({ nodes }) => nodes ?? []).every(({ value }) => value?.startsWith('w'))).toBe(true);
  expect([listings.count, listings.bytes]).toEqual([0, 0]);
});

test('with many listings under way a large tree goes in smaller slices', () => {
  const { keySpace } = keeping(1_000_000_000);
  for (let at = 0; at < 5000; at += 1) keySpace.apply(set(`/d/${at}`));
  keySpace.apply(set('/other/key'));
  const begun = Array.from({ length: 320 }, () => listed(keySpace, '/other', true, false, 0));
  const { size } = keySpace.tree;
  keySpace.begin(remove('/d', { dir: true, recursive: true }));
  expect(size - keySpace.tree.size).toBeLessThan(2000 / 10);
  keySpace.release(1000);
  expect(size - keySpace.tree.size).toBeLessThan(3000 / 10);
  for (const { listing } of begun) listing?.return();
  keySpace.release(Number.POSITIVE_INFINITY);
  expect(keySpace.tree.size).toBe(2);
});

test('a directory of many is walked, filtered and sorted in slices', () => {
  const keySpace = new KeySpace(10);
  const count = 3000;
  for (let at = 0; at < count; at += 1) keySpace.apply(set(`/d/${(at * 7919) % count}`));
  for (let at = 0; at < count; at += 1) keySpace.apply(set(`/d/_${at}`));
  const { listing } = listed(keySpace, '/d', false, true, 100);
  const keys: string[] = [];
  let pauses = 0;
  for (const step of listing ?? []) {
    if (step.type === 'pause') pauses += 1;
    else keys.push(step.view.key);
  }
  expect(keys).toHaveLength(count);
  expect(keys).toEqual([...keys].sort());
  expect(pauses).toBeGreaterThan(6000 / 500 + (4 * count) / 500);
});

test.each([false, true])(
  'what changes while a directory of many is filtered and sorted is shown as it was (sorted: %s)',
  (sorted) => {
    const keySpace = new KeySpace(10);
    for (let at = 0; at < 3000; at += 1) keySpace.apply(set(`/d/${at}`, { value: 'old' }));
    for (const steps of [1, 3, 8, 15]) {
      const reader = readerOf(listed(keySpace, '/d', true, sorted, 100));
      reader.read(steps);
      expect(sorted ? reader.top : []).toEqual([]);
      for (let at = 0; at < 3000; at += 1) keySpace.apply(update(`/d/${at}`, { value: `new-${steps}` }));
      reader.read();
      expect(reader.top).toHaveLength(3000);
      expect(new Set(reader.top.map(({ value }) => value))).toEqual(new Set(['old']));
      for (let at = 0; at < 3000; at += 1) keySpace.apply(update(`/d/${at}`, { value: 'old' }));
    }
  },
);

test('one that is given up costs the tree nothing any more', () => {
  const keySpace = new KeySpace(10);
  for (let at = 0; at < 10; at += 1) keySpace.apply(set(`/d/${at}`));
  const heard = jest.spyOn(Map.prototype, 'set');
  const { listing } = listed(keySpace, '/', true, false, 5);
  listing?.return();
  heard.mockClear();
  keySpace.apply(update('/d/1', { value: 'x' }));
  expect(heard).not.toHaveBeenCalled();
  heard.mockRestore();
});

test('few nodes are collected at once', () => {
  const keySpace = new KeySpace(10);
  for (let at = 0; at < 10; at += 1) keySpace.apply(set(`/d/${at}`));
  expect(listed(keySpace, '/d', true, true, 10).node.nodes).toHaveLength(10);
  expect(listed(keySpace, '/d', true, true, 10).listing).toBeUndefined();
  expect(listed(keySpace, '/d', true, true, 9).listing).toBeDefined();
});
