import type { NodeView } from './event';
import type { DirectoryNode, TreeNode } from './node';
import { isHiddenChild } from './path';

/** The node by itself, without children. */
export function viewOf(node: TreeNode): Growing {
  return {
    key: node.path,
    value: node.dir ? undefined : node.value,
    dir: node.dir,
    createdIndex: node.createdIndex,
    modifiedIndex: node.modifiedIndex,
    expirationMs: node.expiry?.expirationMs,
    nodes: undefined,
  };
}

/** A view while its children are collected. */
type Growing = { -readonly [Field in keyof NodeView]: NodeView[Field] };

/**
 * A file, or a directory with its visible children, and theirs if `recursive` (spec v2-api section 6). Walks with a list of its
 * own: clients decide how deep the tree is. Undefined if more than `nodesMax` nodes would have to be looked at.
 */
export function listingOf(
  node: TreeNode,
  recursive: boolean,
  sorted: boolean,
  nodesMax = Number.POSITIVE_INFINITY,
): NodeView | undefined {
  let nodes = 0;
  const listing = viewOf(node);
  if (!node.dir) return listing;
  const pending: [DirectoryNode, Growing][] = [[node, listing]];
  for (let next = pending.pop(); next !== undefined; next = pending.pop()) {
    const [directory, view] = next;
    const views: Growing[] = [];
    for (const child of directory.children) {
      nodes += 1;
      if (nodes > nodesMax) return undefined;
      if (isHiddenChild(child.path, directory.path)) continue;
      const childView = viewOf(child);
      views.push(childView);
      if (recursive && child.dir) pending.push([child, childView]);
    }
    if (sorted) views.sort(byKey);
    if (views.length > 0) view.nodes = views;
  }
  return listing;
}

function byKey(a: NodeView, b: NodeView): number {
  return a.key < b.key ? -1 : 1;
}
