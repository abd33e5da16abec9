import type { ListingStep, NodeView } from './event';
import type { DirectoryNode, TreeNode } from './node';
import { isBelow, isHiddenChild } from './path';
import { viewOf } from './view';

/** Nodes that are looked at between two steps, at most: well below a millisecond of work. */
const SLICE_NODES = 500;

/** Nodes that are sorted at once; the rest is merging. */
const RUN_NODES = 256;

const PAUSE: ListingStep = { type: 'pause' };

interface Level {
  readonly nodes: readonly TreeNode[];
  /** The next of `nodes`. */
  position: number;
  /** The directory that these are the children of; undefined for the outermost. */
  readonly of: NodeView | undefined;
}

/**
 * A listing that is walked through a little at a time while the tree changes, and shows it as it was when it began. Whatever
 * changes first tells the listings under way, which keep what was there: of a node its view, of a directory its children. So a
 * listing costs what changes while it lasts, and nothing that is not changed is copied.
 */
export class RunningListing {
  private readonly views = new Map<TreeNode, NodeView>();
  /** Of directories that were changed before they were walked through; empty once they are. */
  private readonly children = new Map<DirectoryNode, TreeNode[]>();

  constructor(
    private readonly top: DirectoryNode,
    private readonly recursive: boolean,
    private readonly sorted: boolean,
  ) {}

  /** Comes before every change of a node's fields. */
  nodeChanges(node: TreeNode): void {
    if (this.views.has(node) || !isBelow(node.path, this.top.path)) return;
    this.views.set(node, viewOf(node));
  }

  /** Comes before every change of a directory's children. */
  childrenChange(directory: DirectoryNode): void {
    if (this.children.has(directory)) return;
    const isListed = directory === this.top || (this.recursive && isBelow(directory.path, this.top.path));
    if (isListed) this.children.set(directory, [...directory.children]);
  }

  /** Walks with a stack of its own: clients decide how deep the tree is. */
  *steps(): Generator<ListingStep, void, undefined> {
    const first = yield* this.enter(this.top, undefined);
    const levels: Level[] = first === undefined ? [] : [first];
    for (let level = levels.at(-1); level !== undefined; level = levels.at(-1)) {
      const node = level.nodes[level.position];
      level.position += 1;
      if (node === undefined) {
        if (level.of !== undefined) yield { type: 'close', view: level.of };
        levels.pop();
        continue;
      }
      const view = this.views.get(node) ?? viewOf(node);
      const inner: Level | undefined = node.dir && this.recursive ? yield* this.enter(node, view) : undefined;
      yield { type: inner === undefined ? 'node' : 'open', view };
      if (inner !== undefined) levels.push(inner);
    }
  }

  /** The visible children of a directory, in order; undefined if there are none. */
  private *enter(
    directory: DirectoryNode,
    of: NodeView | undefined,
  ): Generator<ListingStep, Level | undefined, undefined> {
    const nodes = this.children.get(directory) ?? [...directory.children];
    // What changes from now on matters no more.
    this.children.set(directory, []);
    let visible = 0;
    for (const [position, node] of nodes.entries()) {
      if (!isHiddenChild(node.path, directory.path)) nodes[visible++] = node;
      if (position % SLICE_NODES === SLICE_NODES - 1) yield PAUSE;
    }
    nodes.length = visible;
    if (visible === 0) return undefined;
    return { nodes: this.sorted ? yield* sortedByPath(nodes) : nodes, position: 0, of };
  }
}

/** Merge sort, bottom up, with pauses. */
function* sortedByPath(nodes: TreeNode[]): Generator<ListingStep, TreeNode[], undefined> {
  let from: TreeNode[] = [];
  for (let start = 0; start < nodes.length; start += RUN_NODES) {
    from.push(...nodes.slice(start, start + RUN_NODES).sort((a, b) => (a.path < b.path ? -1 : 1)));
    if (start > 0) yield PAUSE;
  }
  for (let run = RUN_NODES; run < nodes.length; run *= 2) {
    const to: TreeNode[] = [];
    for (let start = 0; start < from.length; start += 2 * run) yield* merge(from, start, run, to);
    from = to;
  }
  return from;
}

/** Two neighbouring runs to one. */
function* merge(
  from: readonly TreeNode[],
  start: number,
  run: number,
  to: TreeNode[],
): Generator<ListingStep, void, undefined> {
  const [leftEnd, rightEnd] = [start + run, start + 2 * run];
  let [left, right] = [start, leftEnd];
  for (;;) {
    const [one, other] = [left < leftEnd ? from[left] : undefined, right < rightEnd ? from[right] : undefined];
    if (one === undefined && other === undefined) return;
    if (other === undefined || (one !== undefined && one.path < other.path)) {
      if (one !== undefined) to.push(one);
      left += 1;
    } else {
      to.push(other);
      right += 1;
    }
    if (to.length % SLICE_NODES === 0) yield PAUSE;
  }
}
