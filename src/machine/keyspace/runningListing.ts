import type { ListingStep, NodeView } from './event';
import type { DirectoryNode, TreeNode } from './node';
import { isBelow, isHiddenChild } from './path';
import type { Past } from './past';

/** Nodes that are looked at between two steps, at most: well below a millisecond of work. */
const SLICE_NODES = 500;

/** Nodes that are sorted at once; the rest is merging. */
const RUN_NODES = 256;

const PAUSE: ListingStep = { type: 'pause' };

/** What a listing is to show. */
export interface Wanted {
  readonly top: DirectoryNode;
  readonly recursive: boolean;
  readonly sorted: boolean;
  /** Nodes that were created at a later index are not in it. */
  readonly index: number;
}

interface Level {
  readonly directory: DirectoryNode;
  readonly nodes: readonly TreeNode[];
  /** The next of `nodes`. */
  position: number;
  /** The directory as it is shown; undefined for the outermost. */
  readonly of: NodeView | undefined;
}

/**
 * A listing that is walked through a little at a time while the tree changes, and shows it as it was when it began: what changed since is
 * in its `past` (RunningListings). So a listing costs what changes while it lasts, and nothing that is not changed is copied.
 */
export class RunningListing {
  readonly steps: Generator<ListingStep, void, undefined>;
  /** Directories whose children were looked up: where it is in them, once it is, and whether it went through them. */
  private readonly entered = new Map<DirectoryNode, Level | 'entering' | 'left'>();

  private readonly top: DirectoryNode;
  private readonly recursive: boolean;

  constructor(
    private readonly wanted: Wanted,
    private readonly past: Past,
  ) {
    ({ top: this.top, recursive: this.recursive } = wanted);
    this.steps = this.walk();
  }

  /** Whether it may have to show this node later, as it is now; false where it did so. */
  shows(node: TreeNode): boolean {
    const { parent } = node;
    if (parent === undefined || node.createdIndex > this.wanted.index) return false;
    if (parent !== this.top && !(this.recursive && isBelow(node.path, this.top.path))) return false;
    const level = this.entered.get(parent);
    if (level === undefined || level === 'entering') return true;
    if (level === 'left') return false;
    const next = level.nodes[level.position];
    // In another order than that of the paths it may be anywhere.
    return next !== undefined && !(this.wanted.sorted && node.path < next.path);
  }

  /** Whether it has to look up the children of this directory later, as they are now. */
  lists(directory: DirectoryNode): boolean {
    if (this.entered.has(directory) || directory.createdIndex > this.wanted.index) return false;
    return directory === this.top || (this.recursive && isBelow(directory.path, this.top.path));
  }

  /** It goes on no more, and holds nothing. */
  stop(): void {
    this.steps.return();
    this.entered.clear();
  }

  /** Walks with a stack of its own: clients decide how deep the tree is. */
  private *walk(): Generator<ListingStep, void, undefined> {
    yield PAUSE;
    const first = yield* this.enter(this.top, undefined);
    const levels: Level[] = first === undefined ? [] : [first];
    for (let level = levels.at(-1); level !== undefined; level = levels.at(-1)) {
      const node = level.nodes[level.position];
      if (node === undefined) {
        this.entered.set(level.directory, 'left');
        if (level.of !== undefined) yield { type: 'close', view: level.of };
        levels.pop();
        continue;
      }
      const view = this.past.viewOf(node);
      level.position += 1;
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
    const nodes = this.past.childrenOf(directory);
    // What is added and removed from now on matters no more.
    this.entered.set(directory, 'entering');
    let visible = 0;
    for (const [position, node] of nodes.entries()) {
      if (!isHiddenChild(node.path, directory.path)) nodes[visible++] = node;
      if (position % SLICE_NODES === SLICE_NODES - 1) yield PAUSE;
    }
    nodes.length = visible;
    if (visible === 0) {
      this.entered.set(directory, 'left');
      return undefined;
    }
    const level = { directory, nodes: this.wanted.sorted ? yield* sortedByPath(nodes) : nodes, position: 0, of };
    this.entered.set(directory, level);
    return level;
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
