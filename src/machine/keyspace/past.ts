import type { NodeView } from './event';
import type { DirectoryNode, TreeNode } from './node';
import type { RunningListing } from './runningListing';
import { viewOf } from './view';

/** What a view costs beside its texts, with its place in a map; and a list of children for each of them. */
const VIEW_BYTES = 300;
const CHILD_BYTES = 8;

/**
 * What changed between a moment at which listings began and the next such moment, as it was before: of a node its view, of a directory
 * its children. What is not in it was then what it is in the next one; if there is none, what it is now.
 */
export class Past {
  /** Those that began at its beginning. */
  readonly listings = new Set<RunningListing>();
  newer: Past | undefined;
  bytes = 0;
  private readonly views = new Map<TreeNode, NodeView>();
  private readonly children = new Map<DirectoryNode, readonly TreeNode[]>();

  get isEmpty(): boolean {
    return this.views.size === 0 && this.children.size === 0;
  }

  has(node: TreeNode): boolean {
    return this.views.has(node);
  }

  hasChildrenOf(directory: DirectoryNode): boolean {
    return this.children.has(directory);
  }

  keep(node: TreeNode, view = viewOf(node)): void {
    this.views.set(node, view);
    this.bytes += VIEW_BYTES + view.key.length + (view.value?.length ?? 0);
  }

  keepChildren(directory: DirectoryNode, children: readonly TreeNode[] = [...directory.children]): void {
    this.children.set(directory, children);
    this.bytes += VIEW_BYTES + CHILD_BYTES * children.length;
  }

  /** The node as it was when this began. */
  viewOf(node: TreeNode): NodeView {
    let view = this.views.get(node);
    for (let past = this.newer; view === undefined && past !== undefined; past = past.newer)
      view = past.views.get(node);
    return view ?? viewOf(node);
  }

  /** The children that a directory had when this began, in a list of the caller's own. */
  childrenOf(directory: DirectoryNode): TreeNode[] {
    let children = this.children.get(directory);
    for (let past = this.newer; children === undefined && past !== undefined; past = past.newer) {
      children = past.children.get(directory);
    }
    return [...(children ?? directory.children)];
  }

  /** Nobody began with the next one any more: what `listings` still need of it is kept here. */
  takeOver(next: Past, listings: readonly RunningListing[]): void {
    for (const [node, view] of next.views) {
      if (!this.has(node) && listings.some((listing) => listing.shows(node))) this.keep(node, view);
    }
    for (const [directory, children] of next.children) {
      if (!this.hasChildrenOf(directory) && listings.some((listing) => listing.lists(directory)))
        this.keepChildren(directory, children);
    }
  }

  /** Lets go of everything, whoever still holds this. */
  clear(): void {
    this.views.clear();
    this.children.clear();
    this.newer = undefined;
  }
}
