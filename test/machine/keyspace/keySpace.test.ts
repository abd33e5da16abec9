import type { KeyCommand } from '../../../src/machine/command';
import type { KeyError, KeyEvent } from '../../../src/machine/keyspace/event';
import { KeySpace } from '../../../src/machine/keyspace/keySpace';
import { create, expire, NOW_MS, remove, removeIf, set, swap, update } from './writer';

let space: KeySpace;
beforeEach(() => {
  space = new KeySpace(10);
});

function done(command: KeyCommand): KeyEvent {
  const result = space.apply(command);
  if (!result.ok) throw new Error(`refused with ${result.code} ${result.cause}`);
  return result;
}

function refused(command: KeyCommand): Pick<KeyError, 'code' | 'cause'> {
  const before = space.index;
  const result = space.apply(command);
  if (result.ok) throw new Error(`${command.type} ${command.path} was accepted`);
  expect(result.etcdIndex).toBe(before);
  expect(space.index).toBe(before);
  return { code: result.code, cause: result.cause };
}

function get(path: string, recursive = false, sorted = false): KeyEvent {
  const result = space.get(path, recursive, sorted, NOW_MS);
  if (!result.ok) throw new Error(`refused with ${result.code} ${result.cause}`);
  return result;
}

const keysOf = (event: KeyEvent): string[] => (event.node.nodes ?? []).map((node) => node.key);

describe('set', () => {
  it('creates, and replaces with a new createdIndex', () => {
    expect(done(set('/a', { value: 'one' }))).toMatchObject({
      action: 'set',
      node: { key: '/a', value: 'one', createdIndex: 1, modifiedIndex: 1 },
      prevNode: undefined,
    });
    expect(done(set('/a', { value: 'two' }))).toMatchObject({
      node: { createdIndex: 2, modifiedIndex: 2 },
      prevNode: { value: 'one', createdIndex: 1, modifiedIndex: 1 },
    });
  });

  it('makes missing parents as permanent directories with the same index and no event', () => {
    done(set('/x/y/z', { value: 'v', expirationMs: NOW_MS + 1000 }));
    expect(get('/x').node).toMatchObject({ dir: true, createdIndex: 1, modifiedIndex: 1, expirationMs: undefined });
    expect(space.index).toBe(1);
  });

  it('turns a file into a directory, and refuses a directory as target', () => {
    done(set('/f', { value: 'v' }));
    expect(done(set('/f', { dir: true }))).toMatchObject({
      node: { dir: true, value: undefined },
      prevNode: { value: 'v' },
    });
    expect(refused(set('/f', { dir: true }))).toEqual({ code: 102, cause: '/f' });
    expect(refused(set('/f', { value: 'v' }))).toEqual({ code: 102, cause: '/f' });
  });

  it('refuses the root, and a file as parent', () => {
    done(set('/f'));
    expect(refused(set('/'))).toEqual({ code: 107, cause: '/' });
    expect(refused(set('/f/below'))).toEqual({ code: 104, cause: '/f' });
    expect(refused(set('/f/far/below'))).toEqual({ code: 104, cause: '/f' });
  });

  it('clears a TTL that is not given again', () => {
    done(set('/t', { expirationMs: NOW_MS + 5000 }));
    expect(space.tree.expiries.size).toBe(1);
    done(set('/t'));
    expect(space.tree.expiries.size).toBe(0);
  });

  it('with refresh keeps the value, needs the key, and refuses a directory', () => {
    done(set('/r', { value: 'kept' }));
    expect(done(set('/r', { refresh: true, expirationMs: NOW_MS + 9000 })).node).toMatchObject({
      value: 'kept',
      createdIndex: 2,
    });
    expect(refused(set('/none', { refresh: true }))).toEqual({ code: 100, cause: '/none' });
    done(set('/d', { dir: true }));
    expect(refused(set('/d', { refresh: true }))).toEqual({ code: 102, cause: '/d' });
  });
});

describe('create', () => {
  it('refuses what exists, file or directory', () => {
    expect(done(create('/a', { value: 'v' })).prevNode).toBeUndefined();
    done(create('/d', { dir: true }));
    expect(refused(create('/a'))).toEqual({ code: 105, cause: '/a' });
    expect(refused(create('/d', { dir: true }))).toEqual({ code: 105, cause: '/d' });
  });

  it('in order: names are the index in 20 digits, also in the root, never below a file', () => {
    expect(done(create('/q', { inOrder: true })).node.key).toBe('/q/00000000000000000001');
    expect(done(create('/', { inOrder: true })).node.key).toBe('/00000000000000000002');
    done(set('/f'));
    expect(refused(create('/f', { inOrder: true }))).toEqual({ code: 104, cause: '/f' });
  });
});

describe('update', () => {
  it('keeps createdIndex, writes "" without a value, makes permanent without a TTL', () => {
    done(set('/a', { value: 'v', expirationMs: NOW_MS + 1000 }));
    expect(done(update('/a'))).toMatchObject({
      action: 'update',
      node: { value: '', createdIndex: 1, modifiedIndex: 2, expirationMs: undefined },
      prevNode: { value: 'v', expirationMs: NOW_MS + 1000 },
    });
  });

  it('on a directory changes only the TTL, and the stored modifiedIndex stays', () => {
    done(set('/d', { dir: true }));
    expect(done(update('/d', { expirationMs: NOW_MS + 1000 })).node).toMatchObject({
      dir: true,
      createdIndex: 1,
      modifiedIndex: 2,
    });
    expect(get('/d').node).toMatchObject({ modifiedIndex: 1, expirationMs: NOW_MS + 1000 });
    expect(refused(update('/d', { value: 'v' }))).toEqual({ code: 102, cause: '/d' });
  });

  it('names the first missing component', () => {
    expect(refused(update('/no/such/deep'))).toEqual({ code: 100, cause: '/no' });
    expect(refused(update('/'))).toEqual({ code: 107, cause: '/' });
  });
});

describe('compareAndSwap', () => {
  beforeEach(() => done(set('/a', { value: 'one' })));

  it('swaps when value and index are as wanted', () => {
    expect(done(swap('/a', { prevValue: 'one', prevIndex: 1n, value: 'two' })).node).toMatchObject({
      value: 'two',
      createdIndex: 1,
      modifiedIndex: 2,
    });
  });

  it('says what differed', () => {
    expect(refused(swap('/a', { prevValue: 'two' }))).toEqual({ code: 101, cause: '[two != one]' });
    expect(refused(swap('/a', { prevIndex: 7n }))).toEqual({ code: 101, cause: '[7 != 1]' });
    expect(refused(swap('/a', { prevValue: 'x', prevIndex: 7n }))).toEqual({ code: 101, cause: '[x != one] [7 != 1]' });
    expect(refused(swap('/a', { prevValue: 'x', prevIndex: 1n }))).toEqual({ code: 101, cause: '[x != one]' });
    expect(refused(swap('/a', { prevIndex: 2n ** 64n - 1n }))).toEqual({
      code: 101,
      cause: '[18446744073709551615 != 1]',
    });
  });

  it('refuses directories and missing keys', () => {
    done(set('/d', { dir: true }));
    expect(refused(swap('/d', { prevIndex: 2n }))).toEqual({ code: 102, cause: '/d' });
    expect(refused(swap('/none', { prevValue: 'v' }))).toEqual({ code: 100, cause: '/none' });
  });
});

describe('delete', () => {
  it('shows the node without value and the old one as prevNode', () => {
    done(set('/a', { value: 'v' }));
    expect(done(remove('/a'))).toMatchObject({
      action: 'delete',
      node: { key: '/a', value: undefined, dir: false, createdIndex: 1, modifiedIndex: 2 },
      prevNode: { value: 'v', modifiedIndex: 1 },
    });
    expect(refused(remove('/a'))).toEqual({ code: 100, cause: '/a' });
  });

  it('of a directory needs dir or recursive, and recursive if it holds anything, hidden or not', () => {
    done(set('/d/_hidden'));
    expect(refused(remove('/d'))).toEqual({ code: 102, cause: '/d' });
    expect(refused(remove('/d', { dir: true }))).toEqual({ code: 108, cause: '/d' });
    expect(done(remove('/d', { recursive: true })).node.dir).toBe(true);
    expect(space.tree.size).toBe(0);
    expect(refused(remove('/', { recursive: true }))).toEqual({ code: 107, cause: '/' });
  });

  it('of any size is one index, and forgets the TTLs below', () => {
    for (let child = 0; child < 50; child++) done(set(`/d/${child}`, { expirationMs: NOW_MS + child }));
    done(remove('/d', { recursive: true }));
    expect(space.index).toBe(51);
    expect(space.tree.expiries.size).toBe(0);
  });
});

describe('compareAndDelete', () => {
  it('deletes under the same conditions, and never a directory', () => {
    done(set('/a', { value: 'v' }));
    expect(refused(removeIf('/a', { prevValue: 'w' }))).toEqual({ code: 101, cause: '[w != v]' });
    expect(done(removeIf('/a', { prevIndex: 1n })).action).toBe('compareAndDelete');
    done(set('/d', { dir: true }));
    expect(refused(removeIf('/d', { prevIndex: 3n }))).toEqual({ code: 102, cause: '/d' });
    expect(refused(removeIf('/', { prevIndex: 3n }))).toEqual({ code: 102, cause: '' });
  });
});

describe('expiry', () => {
  it('drops what is due in order of time, then path; a directory takes its children', () => {
    done(set('/late', { expirationMs: NOW_MS + 3000 }));
    done(set('/b', { value: 'v', expirationMs: NOW_MS + 1000 }));
    done(set('/a', { expirationMs: NOW_MS + 1000 }));
    done(set('/dir', { dir: true, expirationMs: NOW_MS + 500 }));
    done(set('/dir/child', { expirationMs: NOW_MS + 1 }));
    done(remove('/dir/child'));
    done(set('/dir/child'));
    expire(space, NOW_MS + 2000);
    expect(space.isDue(NOW_MS + 2000)).toBe(false);
    const expired = space.history.scan('/', true, 8, true);
    expect(expired.map(({ action, node }) => `${action} ${node.key}`)).toEqual([
      'expire /dir',
      'expire /a',
      'expire /b',
    ]);
    expect(expired[0]).toMatchObject({ node: { dir: false }, prevNode: { dir: true } });
    expect(expired[2]).toMatchObject({
      node: { value: undefined },
      prevNode: { value: 'v', expirationMs: NOW_MS + 1000 },
    });
    expect(space.tree.size).toBe(1);
  });

  it('goes in slices', () => {
    for (let key = 0; key < 5; key++) done(set(`/k${key}`, { expirationMs: NOW_MS }));
    expire(space, NOW_MS, 3);
    expect([space.tree.size, space.isDue(NOW_MS)]).toEqual([2, true]);
    expire(space, NOW_MS, 3);
    expect(space.isDue(NOW_MS)).toBe(false);
    expect(space.stats().expireCount).toBe(5);
  });
});

describe('get', () => {
  it('lists visible children, deeper ones only if recursive', () => {
    done(set('/d/b/deep'));
    done(set('/d/a'));
    done(set('/d/_hidden'));
    expect(keysOf(get('/d'))).toEqual(['/d/b', '/d/a']);
    expect(keysOf(get('/d', false, true))).toEqual(['/d/a', '/d/b']);
    expect(get('/d').node.nodes?.[0]?.nodes).toBeUndefined();
    expect(get('/d', true, true).node.nodes?.[1]?.nodes?.[0]?.key).toBe('/d/b/deep');
  });

  it('shows a hidden node that is asked for by name, and its visible children', () => {
    done(set('/_h/seen'));
    done(set('/_h/_unseen'));
    expect(keysOf(get('/_h'))).toEqual(['/_h/seen']);
    expect(get('/').node.nodes).toBeUndefined();
  });

  it('names the first missing component, or the file in the way', () => {
    done(set('/f'));
    expect(space.get('/no/such', false, false, NOW_MS)).toMatchObject({ code: 100, cause: '/no' });
    expect(space.get('/f/below', false, false, NOW_MS)).toMatchObject({ code: 104, cause: '/f' });
    expect(space.stats()).toMatchObject({ setsSuccess: 1 });
  });
});
