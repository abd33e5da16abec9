/** A directory of keys as one object: each directory in it is an object, each key a text. Pure. */
import type { KeyNode } from '../keyEvent';

export type ConfigTree = { [name: string]: string | ConfigTree };

/** Without prototypes, so that a key named `__proto__` is a key. Hidden keys are not listed by members, and so are not in it. */
export function treeOf(node: KeyNode | undefined): ConfigTree {
  const tree = Object.create(null) as ConfigTree;
  for (const child of node?.nodes ?? []) {
    const name = child.key.slice(child.key.lastIndexOf('/') + 1);
    tree[name] = child.dir ? treeOf(child) : (child.value ?? '');
  }
  return tree;
}

/** What is given counts; what is not comes from `defaults`. Where one has an object and the other a text, the given one counts. */
export function withDefaults(given: ConfigTree, defaults: ConfigTree): ConfigTree {
  const merged = Object.create(null) as ConfigTree;
  for (const name of new Set([...Object.keys(defaults), ...Object.keys(given)])) {
    const [own, other] = [given[name], defaults[name]];
    if (own === undefined) merged[name] = typeof other === 'object' ? withDefaults(other, {}) : (other ?? '');
    else if (typeof own === 'object' && typeof other === 'object') merged[name] = withDefaults(own, other);
    else merged[name] = own;
  }
  return merged;
}

/** Whether both would be written alike: the order of names does not count. */
export function isSameTree(one: ConfigTree, other: ConfigTree): boolean {
  return textOfTree(one) === textOfTree(other);
}

export function textOfTree(tree: ConfigTree): string {
  return JSON.stringify(sorted(tree));
}

/** As lists, for in objects names that are numbers have an order of their own. */
function sorted(tree: ConfigTree): unknown {
  return Object.keys(tree)
    .sort()
    .map((name) => {
      const value = tree[name];
      return [name, typeof value === 'object' ? sorted(value) : value];
    });
}

/** Undefined if it is none: what is read from a file is looked at before it is used. */
export function treeOfText(text: string): ConfigTree | undefined {
  try {
    return treeOfLists(JSON.parse(text));
  } catch {
    return undefined;
  }
}

function treeOfLists(value: unknown): ConfigTree | undefined {
  if (!Array.isArray(value)) return undefined;
  const tree = Object.create(null) as ConfigTree;
  for (const entry of value) {
    if (!Array.isArray(entry) || entry.length !== 2 || typeof entry[0] !== 'string') return undefined;
    const inner = typeof entry[1] === 'string' ? entry[1] : treeOfLists(entry[1]);
    if (inner === undefined) return undefined;
    tree[entry[0]] = inner;
  }
  return tree;
}
