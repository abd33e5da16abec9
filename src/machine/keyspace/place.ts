/** set and create: the writes that put a new node in place (spec v2-api section 5). */
import type { CreateCommand, SetCommand } from '../command';
import type { KeyResult, NodeView } from './event';
import { DirectoryNode } from './node';
import { childOf, parentOf, ROOT } from './path';
import { errorOf, eventOf } from './results';
import type { Tree } from './tree';
import { viewOf } from './view';

const IN_ORDER_DIGITS = 20;

/** Creates or replaces; the node is a new one with a new createdIndex even over an existing file. */
export function set(tree: Tree, index: number, command: SetCommand): KeyResult {
  const { path, refresh } = command;
  if (path === ROOT) return errorOf(107, ROOT, index);
  const existing = tree.find(path);
  if (existing === undefined) {
    const miss = tree.explainMiss(path);
    if (miss.code === 104 || refresh) return errorOf(miss.code, miss.at, index);
  } else if (existing.dir) {
    return errorOf(102, path, index);
  }
  const value = refresh && existing !== undefined ? existing.value : command.value;
  const prevNode = existing === undefined ? undefined : viewOf(existing);
  if (existing !== undefined) tree.remove(existing, ignore);
  const node = place(tree, path, index + 1, command.dir ? undefined : value, command.expirationMs);
  if ('code' in node) return errorOf(node.code, node.at, index);
  return eventOf('set', node, prevNode, index + 1, command.nowMs, refresh);
}

/** Creates what must not exist. With `inOrder` the name is the write's own index, so names sort as they were made. */
export function create(tree: Tree, index: number, command: CreateCommand): KeyResult {
  const next = index + 1;
  const path = command.inOrder ? childOf(command.path, String(next).padStart(IN_ORDER_DIGITS, '0')) : command.path;
  if (path === ROOT) return errorOf(107, ROOT, index);
  if (tree.find(path) !== undefined) return errorOf(105, path, index);
  const node = place(tree, path, next, command.dir ? undefined : command.value, command.expirationMs);
  if ('code' in node) return errorOf(node.code, node.at, index);
  return eventOf('create', node, undefined, next, command.nowMs);
}

/** `value` undefined makes a directory. Missing parents become permanent directories without an event of their own. */
function place(tree: Tree, path: string, index: number, value: string | undefined, expirationMs: number | undefined) {
  const parent = tree.ensureDirectory(parentOf(path), index);
  if (!(parent instanceof DirectoryNode)) return parent;
  const node = value === undefined ? tree.addDirectory(path, parent, index) : tree.addFile(path, parent, value, index);
  if (expirationMs !== undefined) tree.schedule(node, expirationMs);
  return viewOf(node) satisfies NodeView;
}

function ignore(): void {
  // A replaced file has no descendants whose watchers would have to hear of it.
}
