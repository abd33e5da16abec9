import fc from 'fast-check';
import type { KeyEvent, KeyNode } from '../../../src/client/keyEvent';
import { isBelow } from '../../../src/client/keyPath';
import { KnownNodes, type Change } from '../../../src/client/watch/known';

interface Entry {
  readonly value: string | undefined;
  readonly createdIndex: number;
  readonly modifiedIndex: number;
}

/** A store as simple as can be: directories are entries without value. */
class Store {
  readonly entries = new Map<string, Entry>();
  index = 10;

  set(key: string, value: string): KeyEvent | undefined {
    const parents = parentsOf(key);
    if (parents.some((parent) => this.entries.get(parent)?.value !== undefined)) return undefined;
    const before = this.entries.get(key);
    if (before !== undefined && before.value === undefined) return undefined;
    const index = ++this.index;
    for (const parent of parents)
      if (!this.entries.has(parent))
        this.entries.set(parent, { value: undefined, createdIndex: index, modifiedIndex: index });
    this.entries.set(key, { value, createdIndex: index, modifiedIndex: index });
    return { action: 'set', node: this.node(key), prevNode: undefined };
  }

  delete(key: string): KeyEvent | undefined {
    const before = this.entries.get(key);
    if (before === undefined) return undefined;
    const node = { ...this.node(key), value: undefined, nodes: [], modifiedIndex: ++this.index };
    for (const other of [...this.entries.keys()]) if (other === key || isBelow(other, key)) this.entries.delete(other);
    return { action: 'delete', node, prevNode: undefined };
  }

  node(key: string): KeyNode {
    const entry = this.entries.get(key) ?? { value: undefined, createdIndex: 0, modifiedIndex: 0 };
    const nodes = [...this.entries.keys()].filter(
      (other) => parentsOf(other).at(-1) === key || (key === '/' && parentsOf(other).length === 0),
    );
    return {
      ...{ key, dir: entry.value === undefined, ttlSeconds: undefined, expiration: undefined, ...entry },
      nodes: nodes.map((other) => this.node(other)),
    };
  }
}

function parentsOf(key: string): string[] {
  const parts = key.split('/').slice(1, -1);
  return parts.map((_part, position) => `/${parts.slice(0, position + 1).join('/')}`);
}

/** What somebody has who only hears of changes. */
function follow(values: Map<string, string>, { action, node }: Change): void {
  if (action === 'delete') {
    for (const key of [...values.keys()]) if (key === node.key || isBelow(key, node.key)) values.delete(key);
  } else if (node.value !== undefined) values.set(node.key, node.value);
}

function valuesOf(store: Store): Map<string, string> {
  return new Map([...store.entries].flatMap(([key, { value }]) => (value === undefined ? [] : [[key, value]])));
}

const KEYS = ['/a', '/a-b', '/a/x', '/a/x/1', '/a/y', '/b', '/b/z'];
const step = fc.record({
  kind: fc.constantFrom('set', 'delete'),
  key: fc.constantFrom(...KEYS),
  value: fc.string({ maxLength: 2 }),
});

function play(store: Store, { kind, key, value }: { kind: string; key: string; value: string }): KeyEvent | undefined {
  return kind === 'set' ? store.set(key, value) : store.delete(key);
}

describe('what is known of a directory', () => {
  it('tells by comparing what leads to what is there now, whatever was told before', () => {
    fc.assert(
      fc.property(fc.array(step), fc.array(step), fc.array(step), (listed, heard, missed) => {
        const store = new Store();
        for (const one of listed) play(store, one);
        const known = new KnownNodes('/', true);
        known.replace(store.node('/'));
        for (const one of heard) {
          const event = play(store, one);
          if (event !== undefined) known.apply(event);
        }
        const values = valuesOf(store);
        const keysBefore = new Map([...store.entries].map(([key, entry]) => [key, entry.modifiedIndex]));
        for (const one of missed) play(store, one);
        const changes = known.differences(store.node('/'), store.index);
        for (const change of changes) follow(values, change);
        expect(values).toEqual(valuesOf(store));
        expect(changes.every(({ isSynthesized, index }) => isSynthesized && index === store.index)).toBe(true);
        // Nothing is told that has not changed, and nothing twice.
        for (const { action, node } of changes)
          if (action === 'set') expect(keysBefore.get(node.key)).not.toBe(node.modifiedIndex);
        const told = changes.map(({ action, node }) => `${action} ${node.key}`);
        expect(new Set(told).size).toBe(told.length);
        expect(known.differences(store.node('/'), store.index)).toEqual([]);
      }),
      { numRuns: 300 },
    );
  });

  it('tells of a directory that went with all that was in it once, and shows what it was', () => {
    const store = new Store();
    for (const key of ['/a/x/1', '/a/y', '/a-b']) store.set(key, 'v');
    const known = new KnownNodes('/', true);
    known.replace(store.node('/'));
    store.delete('/a');
    store.set('/c/d', 'new');
    const changes = known.differences(store.node('/'), store.index);
    expect(changes).toMatchObject([
      { action: 'delete', node: { key: '/a', dir: true }, prevNode: { key: '/a' }, index: 15 },
      { action: 'set', node: { key: '/c/d', value: 'new', modifiedIndex: 15 }, prevNode: undefined },
    ]);
  });

  it('tells of a key that became a directory, and of empty directories', () => {
    const store = new Store();
    store.set('/a', 'v');
    const known = new KnownNodes('/', true);
    known.replace(store.node('/'));
    store.delete('/a');
    store.set('/a/x', 'v');
    store.delete('/a/x');
    const changes = known.differences(store.node('/'), store.index);
    expect(changes.map(({ action, node }) => `${action} ${node.key} ${node.dir}`)).toEqual([
      'delete /a false',
      'set /a true',
    ]);
  });

  it('knows of a single key only that key', () => {
    const store = new Store();
    store.set('/a/x', '1');
    const known = new KnownNodes('/a', false);
    known.replace(store.node('/a'));
    store.set('/a/x', '2');
    expect(known.differences(store.node('/a'), store.index)).toEqual([]);
    expect(known.differences(undefined, store.index)).toMatchObject([{ action: 'delete', node: { key: '/a' } }]);
  });
});
