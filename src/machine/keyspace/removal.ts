/** delete, compareAndDelete and expire: the writes that take nodes out (spec v2-api section 5). */
import type { CompareAndDeleteCommand, DeleteCommand } from '../command';
import { compareFailure } from './compare';
import type { KeyEvent, KeyResult, NodeView } from './event';
import type { TreeNode } from './node';
import { ROOT } from './path';
import { errorOf, eventOf } from './results';
import type { Tree } from './tree';
import { viewOf } from './view';
import type { WatchHub } from './watchHub';

/** A removal of any size is one event and one index; watchers on removed descendants get the directory's event. */
export function remove(tree: Tree, hub: WatchHub, index: number, command: DeleteCommand): KeyResult {
  const { path, recursive } = command;
  if (path === ROOT) return errorOf(107, ROOT, index);
  const node = tree.find(path);
  if (node === undefined) {
    const miss = tree.explainMiss(path);
    return errorOf(miss.code, miss.at, index);
  }
  if (node.dir && !command.dir && !recursive) return errorOf(102, path, index);
  if (node.dir && !recursive && !node.isEmpty) return errorOf(108, path, index);
  const event = eventOf('delete', bare(node, index + 1, node.dir), viewOf(node), index + 1, command.nowMs);
  takeOut(tree, hub, node, event);
  return event;
}

export function compareAndDelete(
  tree: Tree,
  hub: WatchHub,
  index: number,
  command: CompareAndDeleteCommand,
): KeyResult {
  const { path, prevValue, prevIndex } = command;
  const node = tree.find(path);
  if (node === undefined) {
    const miss = tree.explainMiss(path);
    return errorOf(miss.code, miss.at, index);
  }
  // etcd shows no cause when the directory is the root.
  if (node.dir) return errorOf(102, path === ROOT ? '' : path, index);
  const cause = compareFailure(node, prevValue, prevIndex);
  if (cause !== undefined) return errorOf(101, cause, index);
  const event = eventOf('compareAndDelete', bare(node, index + 1, false), viewOf(node), index + 1, command.nowMs);
  takeOut(tree, hub, node, event);
  return event;
}

/** The next node that is due at `nowMs` goes; undefined if none is. A directory takes its children silently. */
export function expireNext(tree: Tree, hub: WatchHub, index: number, nowMs: number): KeyEvent | undefined {
  const due = tree.expiries.first();
  if (due === undefined || due.expirationMs > nowMs) return undefined;
  const node = due.node;
  // As 2.3: the node of an expired directory does not say `dir` (conflicts row 30).
  const event = eventOf('expire', bare(node, index + 1, false), viewOf(node), index + 1, nowMs);
  takeOut(tree, hub, node, event);
  return event;
}

function bare(node: TreeNode, modifiedIndex: number, dir: boolean): NodeView {
  return {
    key: node.path,
    value: undefined,
    dir,
    createdIndex: node.createdIndex,
    modifiedIndex,
    expirationMs: undefined,
    nodes: undefined,
  };
}

function takeOut(tree: Tree, hub: WatchHub, node: TreeNode, event: KeyEvent): void {
  tree.remove(node, (path) => {
    if (path !== node.path) hub.publishRemoved(path, event);
  });
}
