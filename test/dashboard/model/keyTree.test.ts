import type { KeyNode } from '../../../src/dashboard/model/answers';
import { KeyTree } from '../../../src/dashboard/model/keyTree';
import { inSight, moveOf, rowsOf } from '../../../src/dashboard/model/rows';

function node(key: string, modifiedIndex: number, more: Partial<KeyNode> = {}): KeyNode {
  return {
    key,
    isDirectory: false,
    value: 'v',
    createdIndex: modifiedIndex,
    modifiedIndex,
    endsAtMs: undefined,
    ...more,
  };
}

function directory(key: string, index = 1): KeyNode {
  return node(key, index, { isDirectory: true, value: '' });
}

function treeWith(...children: KeyNode[]): KeyTree {
  const tree = new KeyTree();
  tree.takeListing({ node: directory('/', 0), children }, 10);
  return tree;
}

describe('events', () => {
  test('a new key comes into its place', () => {
    const tree = treeWith(node('/a', 1), node('/c', 2));
    expect(tree.takeEvent({ action: 'set', node: node('/b', 11) })).toBe('/b');
    expect(tree.childrenOf('/')).toEqual(['/a', '/b', '/c']);
  });

  test('a key that is known by its path alone is kept true, whatever was listed', () => {
    const tree = treeWith(directory('/app'));
    tree.takeListing({ node: node('/app/_secret', 5), children: [] }, 10);
    tree.takeEvent({ action: 'set', node: node('/app/_secret', 11, { value: 'new' }) });
    expect(tree.node('/app/_secret')?.value).toBe('new');
    // The second watch tells of it too.
    tree.takeEvent({ action: 'set', node: node('/app/_secret', 11, { value: 'again' }) });
    expect(tree.node('/app/_secret')?.value).toBe('new');
    tree.takeEvent({ action: 'delete', node: node('/app/_secret', 12) });
    expect(tree.node('/app/_secret')).toBeUndefined();
  });

  test('a hidden key that the history tells of is not shown, as no event would take it away again', () => {
    const tree = treeWith(directory('/app'));
    tree.takeListing({ node: directory('/app'), children: [] }, 10);
    for (const key of ['/_etcd', '/_etcd/machines/1', '/app/_secret', '/app/_secret/x', '/app/db/_x'])
      expect(tree.takeEvent({ action: 'set', node: node(key, 11) })).toBeUndefined();
    expect([tree.childrenOf('/'), tree.childrenOf('/app'), tree.node('/_etcd')]).toEqual([['/app'], [], undefined]);
  });

  test('a hidden key that was opened by its path is kept true where its directory is listed', () => {
    const tree = treeWith(directory('/app'));
    tree.takeListing({ node: directory('/app'), children: [] }, 10);
    tree.takeListing({ node: directory('/app/_secret', 5), children: [] }, 10);
    expect(tree.takeEvent({ action: 'set', node: node('/app/_secret/x', 11) })).toBe('/app/_secret/x');
    expect(tree.childrenOf('/app/_secret')).toEqual(['/app/_secret/x']);
    expect(tree.takeEvent({ action: 'delete', node: directory('/app/_secret', 12) })).toBe('/app/_secret');
    expect([tree.node('/app/_secret'), tree.node('/app/_secret/x'), tree.childrenOf('/app')]).toEqual([
      ...[undefined, undefined],
      [],
    ]);
  });

  test('so is one where nothing may be listed above it', () => {
    const tree = new KeyTree();
    tree.takeListing({ node: directory('/app/config', 3), children: [node('/app/config/a', 4)] }, 10);
    expect(tree.takeEvent({ action: 'delete', node: node('/app/config', 11) })).toBe('/app/config');
    expect([tree.node('/app/config'), tree.node('/app/config/a')]).toEqual([undefined, undefined]);
  });

  test('a key in a directory that is not listed shows the directory alone', () => {
    const tree = treeWith();
    expect(tree.takeEvent({ action: 'create', node: node('/app/db/host', 11) })).toBe('/app');
    expect(tree.node('/app')?.isDirectory).toBe(true);
    expect(tree.childrenOf('/app')).toBeUndefined();
    expect(tree.node('/app/db/host')).toBeUndefined();
  });

  test.each(['delete', 'expire', 'compareAndDelete'])('%s takes a directory and all below it away', (action) => {
    const tree = treeWith(directory('/d'), node('/dx', 2));
    tree.takeListing({ node: directory('/d'), children: [node('/d/k', 3)] }, 10);
    expect(tree.takeEvent({ action, node: directory('/d', 11) })).toBe('/d');
    expect(tree.childrenOf('/')).toEqual(['/dx']);
    expect(tree.node('/d/k')).toBeUndefined();
    expect(tree.childrenOf('/d')).toBeUndefined();
  });

  test('a directory that is not followed any more is not known any more, and is listed when it is opened', () => {
    const tree = treeWith(directory('/d'));
    tree.takeListing({ node: directory('/d'), children: [directory('/d/e'), node('/d/k', 3)] }, 10);
    tree.takeListing({ node: directory('/d/e'), children: [node('/d/e/k', 4)] }, 10);
    tree.unlist(['/d']);
    expect([tree.listed(), tree.node('/d')?.isDirectory, tree.node('/d/e/k')]).toEqual([['/'], true, undefined]);
    tree.clear();
    expect([tree.listed(), tree.node('/d')]).toEqual([[], undefined]);
  });

  test('what is older than the listing changes nothing', () => {
    const tree = treeWith(node('/a', 9));
    expect(tree.takeEvent({ action: 'delete', node: node('/a', 8) })).toBeUndefined();
    expect(tree.node('/a')?.modifiedIndex).toBe(9);
  });

  test('a key that was set where a directory was has nothing below it', () => {
    const tree = treeWith(directory('/d'));
    tree.takeListing({ node: directory('/d'), children: [node('/d/k', 3)] }, 10);
    tree.takeEvent({ action: 'set', node: node('/d', 12) });
    expect(tree.node('/d')?.isDirectory).toBe(false);
    expect(tree.node('/d/k')).toBeUndefined();
  });
});

describe('an answer by which nothing is there', () => {
  test('takes a key away, and a directory with all below it', () => {
    const tree = treeWith(node('/a', 1), directory('/d'));
    tree.takeListing({ node: directory('/d'), children: [node('/d/k', 3)] }, 10);
    tree.takeAbsence('/a', 11);
    tree.takeAbsence('/d', 12);
    expect([tree.childrenOf('/'), tree.node('/a'), tree.node('/d'), tree.node('/d/k')]).toEqual([
      [],
      ...[undefined, undefined, undefined],
    ]);
  });

  test('leaves a key that was made again since, of which the stream was quicker to tell', () => {
    const tree = treeWith(node('/a', 1));
    tree.takeEvent({ action: 'delete', node: node('/a', 11) });
    tree.takeEvent({ action: 'create', node: node('/a', 12) });
    tree.takeAbsence('/a', 11);
    expect([tree.childrenOf('/'), tree.node('/a')?.modifiedIndex]).toEqual([['/a'], 12]);
  });

  test('leaves a directory that came again with a key below it', () => {
    const tree = treeWith(directory('/d'));
    tree.takeListing({ node: directory('/d'), children: [node('/d/k', 3)] }, 10);
    tree.takeEvent({ action: 'delete', node: directory('/d', 11) });
    tree.takeEvent({ action: 'set', node: node('/d/new', 12) });
    tree.takeAbsence('/d', 11);
    expect([tree.childrenOf('/'), tree.node('/d')?.isDirectory]).toEqual([['/d'], true]);
  });
});

test('a second listing forgets what is gone', () => {
  const tree = treeWith(node('/a', 1), directory('/d'));
  tree.takeListing({ node: directory('/d'), children: [node('/d/k', 3)] }, 10);
  tree.takeListing({ node: directory('/', 0), children: [node('/a', 1)] }, 20);
  expect(tree.childrenOf('/')).toEqual(['/a']);
  expect(tree.node('/d/k')).toBeUndefined();
});

test('a second listing forgets all that is gone, not every other of it', () => {
  const tree = treeWith(node('/a', 1), node('/b', 2), node('/c', 3), node('/d', 4));
  tree.takeListing({ node: directory('/', 0), children: [node('/d', 4)] }, 20);
  expect(tree.childrenOf('/')).toEqual(['/d']);
  expect(['/a', '/b', '/c', '/d'].filter((key) => tree.node(key) !== undefined)).toEqual(['/d']);
});

test('thousands of directories that are gone take no longer than what is known of them', () => {
  const names = Array.from({ length: 3000 }, (_, at) => `/d${String(at).padStart(4, '0')}`);
  const tree = treeWith(...names.map((name) => directory(name)));
  for (const name of names) {
    const children = Array.from({ length: 10 }, (_, at) => node(`${name}/${at}`, 3));
    tree.takeListing({ node: directory(name), children }, 10);
  }
  const startMs = performance.now();
  tree.unlist(names.slice(1000));
  tree.takeListing({ node: directory('/', 0), children: [] }, 20);
  // One after the other each was looked for in all 33,000.
  expect(performance.now() - startMs).toBeLessThan(1000);
  expect([tree.listed(), tree.childrenOf('/'), tree.node('/d0000/1')]).toEqual([['/'], [], undefined]);
});

describe('rows', () => {
  function shown(prefix: string, ...open: string[]): string[] {
    const tree = treeWith(directory('/app'), node('/apple', 2), node('/z', 3));
    tree.takeListing({ node: directory('/app'), children: [node('/app/one', 4), node('/app/two', 5)] }, 10);
    return rowsOf(tree, ['/'], new Set(open), prefix).map(({ label, level }) => `${level} ${label}`);
  }

  test('only what is open shows its children', () => {
    expect(shown('', '/')).toEqual(['1 /', '2 app', '2 apple', '2 z']);
    expect(shown('', '/', '/app')).toEqual(['1 /', '2 app', '3 one', '3 two', '2 apple', '2 z']);
    expect(shown('')).toEqual(['1 /']);
  });

  test('a prefix leaves what begins so, and what is above it', () => {
    expect(shown('/app', '/', '/app')).toEqual(['1 /', '2 app', '3 one', '3 two', '2 apple']);
    expect(shown('/app/t', '/', '/app')).toEqual(['1 /', '2 app', '3 two']);
  });

  test('ten thousand children are some forty elements', () => {
    const { from, to } = inSight(140_000, 800, 28, 10_000);
    expect(from).toBeLessThanOrEqual(5000);
    expect(to).toBeGreaterThanOrEqual(5029);
    expect(to - from).toBeLessThan(50);
    expect(inSight(0, 800, 28, 3)).toEqual({ from: 0, to: 3 });
  });

  test('the keyboard moves as in every tree', () => {
    const tree = treeWith(directory('/app'), node('/z', 3));
    const rows = rowsOf(tree, ['/'], new Set(['/']), '');
    expect(moveOf('ArrowDown', rows, 0, 10)).toEqual({ kind: 'to', row: 1 });
    expect(moveOf('ArrowRight', rows, 1, 10)).toEqual({ kind: 'open', row: 1 });
    expect(moveOf('ArrowLeft', rows, 1, 10)).toEqual({ kind: 'to', row: 0 });
    expect(moveOf('ArrowLeft', rows, 0, 10)).toEqual({ kind: 'close', row: 0 });
    expect(moveOf('End', rows, 0, 10)).toEqual({ kind: 'to', row: 2 });
    expect(moveOf('Enter', rows, 2, 10)).toEqual({ kind: 'select', row: 2 });
    expect(moveOf('ArrowRight', rows, 2, 10)).toBeUndefined();
    expect(moveOf('x', rows, 2, 10)).toBeUndefined();
  });
});
