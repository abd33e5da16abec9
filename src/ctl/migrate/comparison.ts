/** Two stores, key by key. Pure. */
import type { KeyEvent, KeyNode } from '../../client/keyEvent';

/** What has to be done at the target so that it holds what the source does, in an order in which it can be done. TTLs do not count. */
export function differences(source: KeyNode, target: KeyNode): readonly KeyEvent[] {
  const [wanted, present] = [nodesBelow(source), nodesBelow(target)];
  const gone = [...present.values()].filter(({ key, dir }) => {
    const there = wanted.get(key);
    return there === undefined || there.dir !== dir;
  });
  const changed = [...wanted.values()].filter((node) => {
    const here = present.get(node.key);
    return here === undefined || here.dir !== node.dir || (!node.dir && here.value !== node.value);
  });
  return [
    ...gone
      .filter(({ key }) => !gone.some((other) => other.dir && key.startsWith(`${other.key}/`)))
      .map((node): KeyEvent => ({ action: 'delete', node, prevNode: node })),
    ...changed.map((node): KeyEvent => ({ action: 'set', node, prevNode: undefined })),
  ];
}

/** By key; each directory stands before what is in it. */
export function nodesBelow(root: KeyNode): ReadonlyMap<string, KeyNode> {
  const found = new Map<string, KeyNode>();
  const add = (node: KeyNode): void => {
    for (const child of node.nodes) {
      found.set(child.key, child);
      add(child);
    }
  };
  add(root);
  return found;
}
