import fc from 'fast-check';
import type { KeyEvent, ListingStep, NodeView } from '../../../src/machine/keyspace/event';
import { KeySpace } from '../../../src/machine/keyspace/keySpace';
import { create, expire, NOW_MS, remove, set, update } from './writer';

type Shown = Omit<NodeView, 'nodes'> & { nodes?: Shown[] };

function shown({ nodes, ...node }: NodeView): Shown {
  return nodes === undefined ? node : { ...node, nodes: nodes.map(shown) };
}

/** Takes as many steps as it is told, or all, and puts them together to a tree. */
class Reader {
  readonly top: Shown[] = [];
  private readonly levels: Shown[][] = [this.top];

  constructor(private readonly steps: Generator<ListingStep>) {}

  read(count = Number.POSITIVE_INFINITY): boolean {
    for (let taken = 0; taken < count; taken += 1) {
      const { done, value } = this.steps.next();
      if (done === true) return false;
      this.take(value);
    }
    return true;
  }

  private take(step: ListingStep): void {
    if (step.type === 'pause') return;
    if (step.type === 'close') {
      this.levels.pop();
      return;
    }
    const node = shown({ ...step.view, nodes: undefined });
    this.levels.at(-1)?.push(node);
    if (step.type === 'open') this.levels.push((node.nodes = []));
  }
}

function listed(keySpace: KeySpace, path: string, recursive: boolean, sorted: boolean, nodesMax?: number): KeyEvent {
  const result = keySpace.get(path, recursive, sorted, NOW_MS, nodesMax);
  if (!result.ok) throw new Error(result.cause);
  return result;
}

function readerOf(event: KeyEvent): Reader {
  if (event.listing === undefined) throw new Error('it was collected at once');
  return new Reader(event.listing);
}

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
