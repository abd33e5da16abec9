import type { NodeView } from './event';
import type { DirectoryNode, TreeNode } from './node';
import { isHiddenName } from './path';

/** The node by itself, without children. */
export function viewOf(node: TreeNode): NodeView {
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

/** A file, or a directory with its visible children, and theirs if `recursive` (spec v2-api section 6). */
export function listingOf(node: TreeNode, recursive: boolean, sorted: boolean): NodeView {
  const view = viewOf(node);
  return node.dir ? { ...view, nodes: childrenOf(node, recursive, sorted) } : view;
}

function childrenOf(directory: DirectoryNode, recursive: boolean, sorted: boolean): readonly NodeView[] | undefined {
  const views: NodeView[] = [];
  for (let child = directory.firstChild; child !== undefined; child = child.next) {
    if (!isHiddenName(child.path)) views.push(recursive ? listingOf(child, true, sorted) : viewOf(child));
  }
  if (sorted) views.sort(byKey);
  return views.length === 0 ? undefined : views;
}

function byKey(a: NodeView, b: NodeView): number {
  return a.key < b.key ? -1 : 1;
}
