import type { NodeView } from './event';
import type { DirectoryNode, TreeNode } from './node';
import type { RunningListing } from './runningListing';
import { viewOf } from './view';

/** What a view costs beside its texts, with its place in a map; and a list of children for each of them. */
const VIEW_BYTES = 300;
const CHILD_BYTES = 8;

/** Something as it was. */
interface Kept<T> {
  readonly was: T;
  /** The moment at which the first of the listings began that needed it when it was kept. */
  readonly since: number;
}

/**
 * What changed between a moment at which listings began and the next such moment, as it was before: of a node its view, of a directory
 * its children. What is not in it was then what it is in the next one; if there is none, what it is now.
 */
export class Past {
  /** Those that began at its beginning. */
  readonly listings = new Set<RunningListing>();
  newer: Past | undefined;
  bytes = 0;
  private readonly views = new Map<TreeNode, Kept<NodeView>>();
  private readonly children = new Map<DirectoryNode, Kept<readonly TreeNode[]>>();
  private leaving: Generator<(older: Past) => void, void, undefined> | undefined;

  /** @param moment a number that is higher for what began later */
  constructor(readonly moment: number) {}

  get isEmpty(): boolean {
    return this.views.size === 0 && this.children.size === 0;
  }

  has(node: TreeNode): boolean {
    return this.views.has(node);
  }

  hasChildrenOf(directory: DirectoryNode): boolean {
    return this.children.has(directory);
  }

  /** In the place of what is kept of it. @param since the moment of the first listing that needs it */
  keep(node: TreeNode, since: number, view = viewOf(node)): void {
    const known = this.views.get(node);
    if (known !== undefined) this.bytes -= bytesOfView(known.was);
    this.views.set(node, { was: view, since });
    this.bytes += bytesOfView(view);
  }

  keepChildren(directory: DirectoryNode, since: number, children: readonly TreeNode[] = [...directory.children]): void {
    const known = this.children.get(directory);
    if (known !== undefined) this.bytes -= bytesOfChildren(known.was);
    this.children.set(directory, { was: children, since });
    this.bytes += bytesOfChildren(children);
  }

  /** The node as it was when this began. */
  viewOf(node: TreeNode): NodeView {
    let kept = this.views.get(node);
    for (let past = this.newer; kept === undefined && past !== undefined; past = past.newer)
      kept = past.views.get(node);
    return kept?.was ?? viewOf(node);
  }

  /** The children that a directory had when this began, in a list of the caller's own. */
  childrenOf(directory: DirectoryNode): TreeNode[] {
    let kept = this.children.get(directory);
    for (let past = this.newer; kept === undefined && past !== undefined; past = past.newer) {
      kept = past.children.get(directory);
    }
    return [...(kept?.was ?? directory.children)];
  }

  /**
   * Of what is kept here as much goes, `count` things at most: to the one before this, if a listing may need it that began then or earlier,
   * else nowhere. For when no listing is left that began with this one: it shows the others the same, however much has gone.
   */
  handOver(older: Past, count: number): void {
    this.leaving ??= this.leave();
    for (let gone = 0; gone < count && !this.isEmpty; gone += 1) this.leaving.next().value?.(older);
  }

  /** How many things are kept. */
  get size(): number {
    return this.views.size + this.children.size;
  }

  /** Takes in what the next one has, when no listing is left that began with that: what was there when this began counts. */
  absorbNewer(next: Past): void {
    for (const [node, { was, since }] of next.views) if (!this.has(node)) this.keep(node, since, was);
    for (const [directory, { was, since }] of next.children)
      if (!this.hasChildrenOf(directory)) this.keepChildren(directory, since, was);
    this.newer = next.newer;
  }

  /** Takes in what the one before has, when no listing is left that began with this: what was there when that began counts. */
  absorbOlder(before: Past): void {
    for (const [node, { was, since }] of before.views) this.keep(node, since, was);
    for (const [directory, { was, since }] of before.children) this.keepChildren(directory, since, was);
  }

  /** Lets go of everything, whoever still holds this. */
  clear(): void {
    this.views.clear();
    this.children.clear();
    this.newer = undefined;
  }

  /** One after the other; also what is kept meanwhile. */
  private *leave(): Generator<(older: Past) => void, void, undefined> {
    while (!this.isEmpty) {
      for (const [node, { was, since }] of this.views) {
        this.views.delete(node);
        this.bytes -= bytesOfView(was);
        yield (older) => {
          if (since <= older.moment && !older.has(node)) older.keep(node, since, was);
        };
      }
      for (const [directory, { was, since }] of this.children) {
        this.children.delete(directory);
        this.bytes -= bytesOfChildren(was);
        yield (older) => {
          if (since <= older.moment && !older.hasChildrenOf(directory)) older.keepChildren(directory, since, was);
        };
      }
    }
  }
}

function bytesOfView({ key, value }: NodeView): number {
  return VIEW_BYTES + key.length + (value?.length ?? 0);
}

function bytesOfChildren(children: readonly TreeNode[]): number {
  return VIEW_BYTES + CHILD_BYTES * children.length;
}
