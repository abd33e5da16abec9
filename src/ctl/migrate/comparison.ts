/** Two stores, key by key. Pure. */
import type { KeyEvent, KeyNode } from '../../client/keyEvent';
import { directoriesAbove } from '../keyFile/keyDocument';

/**
 * What has to be done at the target so that it holds what the source does, in an order in which it can be done.
 *
 * @param hasTtl whether a key of the source is to have a TTL at the target
 */
export function differences(source: KeyNode, target: KeyNode, hasTtl: (node: KeyNode) => boolean): readonly KeyEvent[] {
  const [wanted, present] = [nodesBelow(source), nodesBelow(target)];
  const gone = [...present.values()].filter(({ key, dir }) => {
    const there = wanted.get(key);
    return there === undefined || there.dir !== dir;
  });
  const changed = [...wanted.values()].filter((node) => {
    const here = present.get(node.key);
    if (here === undefined || here.dir !== node.dir || here.value !== node.value) return true;
    return (here.expiration !== undefined) !== hasTtl(node);
  });
  const goneKeys = new Set(gone.map(({ key }) => key));
  return [
    // What is below one that goes, goes with it.
    ...gone
      .filter(({ key }) => !directoriesAbove(key).some((above) => goneKeys.has(above)))
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
