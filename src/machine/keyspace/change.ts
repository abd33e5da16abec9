/** update and compareAndSwap: the writes that change a node in place and keep its createdIndex (spec v2-api section 5). */
import type { CompareAndSwapCommand, UpdateCommand } from '../command';
import { compareFailure } from './compare';
import type { Action, KeyResult } from './event';
import type { FileNode } from './node';
import { ROOT } from './path';
import { errorOf, eventOf } from './results';
import type { Tree } from './tree';
import { viewOf } from './view';

/**
 * A missing value writes "", a missing TTL makes the node permanent. On a directory only the TTL changes: the answer shows
 * the new index as modifiedIndex, but the directory keeps its own (etcd answers so, and the sheet marks it as verified).
 */
export function update(tree: Tree, index: number, command: UpdateCommand): KeyResult {
  const { path, value, expirationMs, refresh } = command;
  if (path === ROOT) return errorOf(107, ROOT, index);
  const node = tree.find(path);
  if (node === undefined) {
    const miss = tree.explainMiss(path);
    return errorOf(miss.code, miss.at, index);
  }
  if (!node.dir) return rewrite(tree, index, node, command, 'update');
  if (value !== '') return errorOf(102, path, index);
  const prevNode = viewOf(node);
  tree.schedule(node, expirationMs);
  const changed = { ...viewOf(node), modifiedIndex: index + 1 };
  return eventOf('update', changed, prevNode, index + 1, command.nowMs, refresh);
}

export function compareAndSwap(tree: Tree, index: number, command: CompareAndSwapCommand): KeyResult {
  const { path, prevValue, prevIndex } = command;
  if (path === ROOT) return errorOf(107, ROOT, index);
  const node = tree.find(path);
  if (node === undefined) {
    const miss = tree.explainMiss(path);
    return errorOf(miss.code, miss.at, index);
  }
  if (node.dir) return errorOf(102, path, index);
  const cause = compareFailure(node, prevValue, prevIndex);
  if (cause !== undefined) return errorOf(101, cause, index);
  return rewrite(tree, index, node, command, 'compareAndSwap');
}

function rewrite(
  tree: Tree,
  index: number,
  node: FileNode,
  command: UpdateCommand | CompareAndSwapCommand,
  action: Action,
): KeyResult {
  const prevNode = viewOf(node);
  tree.write(node, command.refresh ? node.value : command.value, index + 1);
  if (node.expiry?.expirationMs !== command.expirationMs) tree.schedule(node, command.expirationMs);
  return eventOf(action, viewOf(node), prevNode, index + 1, command.nowMs, command.refresh);
}
