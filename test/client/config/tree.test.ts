import { isSameTree, textOfTree, treeOf, treeOfText, withDefaults } from '../../../src/client/config/tree';
import type { KeyNode } from '../../../src/client/keyEvent';

function node(key: string, value: string | undefined, nodes: readonly KeyNode[] = []): KeyNode {
  const rest = { createdIndex: 1, modifiedIndex: 1, ttlSeconds: undefined, expiration: undefined };
  return { key, dir: value === undefined, value, nodes, ...rest };
}

describe('a directory as an object', () => {
  const tree = treeOf(node('/d', undefined, [node('/d/b', '2'), node('/d/a', undefined, [node('/d/a/10', 'x')])]));

  it('has directories as objects and keys as texts', () => {
    expect(tree).toEqual({ a: { 10: 'x' }, b: '2' });
    expect(treeOf(undefined)).toEqual({});
  });

  it('has defaults where nothing is written, at every depth, and never instead of what is', () => {
    const defaults = { a: { 10: 'no', 9: 'default' }, b: { c: 'no' }, d: { e: 'default' } };
    expect(withDefaults(tree, defaults)).toEqual({ a: { 9: 'default', 10: 'x' }, b: '2', d: { e: 'default' } });
    expect(defaults.a[10]).toBe('no');
  });

  it('comes back from its text, whatever its names are', () => {
    const odd = treeOf(
      node('/d', undefined, [node('/d/__proto__', undefined, [node('/d/__proto__/x', 'y')]), node('/d/2', '')]),
    );
    expect(Object.keys(odd)).toEqual(['2', '__proto__']);
    const again = treeOfText(textOfTree(odd));
    expect(again !== undefined && isSameTree(again, odd)).toBe(true);
    expect(Reflect.get({}, 'x')).toBeUndefined();
    expect(Object.keys(withDefaults(odd, {}))).toEqual(['2', '__proto__']);
  });

  it.each(['', '{', '{}', '5', '[5]', '[["a"]]', '[["a",5]]', '[["a",{"b":"c"}]]', '[[1,"x"]]'])(
    'is not %s',
    (text) => {
      expect(treeOfText(text)).toBeUndefined();
    },
  );
});
