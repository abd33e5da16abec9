import { TreeDigest } from './digest';
import { ExpiryQueue } from './expiryQueue';
import { DirectoryNode, FileNode, type TreeNode } from './node';
import type { ListingStep } from './event';
import { isBelow, parentOf, ROOT, walkDown } from './path';
import { RunningListings } from './runningListings';

/** Why a path leads nowhere: its first missing component, or a file where a directory had to be. */
export interface Miss {
  readonly code: 100 | 104;
  /** The component's whole path. */
  readonly at: string;
}

/**
 * The objects of a node, its place in the maps, and what the collector of garbage needs around them. Measured with
 * `node --expose-gc` (heap and external bytes after a collection, less path and value): 160 a key in a large directory, 220 with a
 * TTL, 235 where each key has a directory of its own; maps that have just grown are up to twice as large as they have to be.
 */
export const NODE_BYTES = 300;

/** Nodes that a removal takes out by itself: some milliseconds of work. */
const REMOVED_AT_ONCE = 2000;

/** To ask so many listings about a node takes about as long as to take it out. */
const LISTINGS_A_NODE = 32;

interface Releasing {
  readonly path: string;
  /** The nodes that are to go, level by level. */
  readonly levels: Iterator<TreeNode, unknown>[];
  readonly gone: (path: string) => void;
}

/**
 * The nodes by path. A map of all directories makes a read two look-ups whatever the depth, and what belongs together lies
 * together: one map of a million nodes costs most of its time in waiting for memory. Knows nothing of indexes or events.
 */
export class Tree {
  readonly root = new DirectoryNode(ROOT, undefined, 0, 0);
  readonly expiries = new ExpiryQueue();
  private readonly directories = new Map<string, DirectoryNode>([[ROOT, this.root]]);
  private nodes = 0;
  /** What is left of the subtree that was removed last: it is not found any more, and goes a slice at a time. */
  private releasing: Releasing | undefined;
  /** The highest that a node was created at. */
  private newestIndex = 0;
  private weight = 0;
  private readonly total = new TreeDigest();
  /** Paths whose rows differ from what was last taken. */
  private dirty = new Set<string>();

  /** @param listings those under way: they hear of every change before it is made */
  constructor(private readonly listings = new RunningListings()) {}

  /** Nodes without the root. */
  get size(): number {
    return this.nodes;
  }

  /** What the nodes cost in memory, nearly: names and values, and the same for each node beside them. */
  get bytes(): number {
    return this.weight;
  }

  find(path: string): TreeNode | undefined {
    if (path === ROOT) return this.root;
    if (this.releasing !== undefined && isBelow(path, this.releasing.path)) return undefined;
    return this.directories.get(parentOf(path))?.child(path);
  }

  /** Explains a `find` that found nothing (spec v2-api section 4, codes 100 and 104). */
  explainMiss(path: string): Miss {
    let miss: Miss = { code: 100, at: path };
    walkDown(path, (prefix) => {
      const node = this.find(prefix);
      if (node?.dir === true) return false;
      miss = node === undefined ? { code: 100, at: prefix } : { code: 104, at: prefix };
      return true;
    });
    return miss;
  }

  /** The directory at `path`, made with its parents if missing; a Miss if a file is in the way. */
  ensureDirectory(path: string, index: number): DirectoryNode | Miss {
    const found = this.directories.get(path);
    if (found !== undefined) return found;
    let parent = this.root;
    let miss: Miss | undefined;
    walkDown(path, (prefix) => {
      const node = this.find(prefix) ?? this.addDirectory(prefix, parent, index);
      if (node.dir) parent = node;
      else miss = { code: 104, at: prefix };
      return !node.dir;
    });
    return miss ?? parent;
  }

  addDirectory(path: string, parent: DirectoryNode, index: number): DirectoryNode {
    const node = new DirectoryNode(path, parent, index, index);
    this.add(node, parent);
    return node;
  }

  addFile(path: string, parent: DirectoryNode, value: string, index: number): FileNode {
    const node = new FileNode(path, parent, value, index, index);
    this.add(node, parent);
    return node;
  }

  /** Puts back a node that is stored already: there is nothing to write. Its digest is counted. */
  restore(node: TreeNode, parent: DirectoryNode, expirationMs: number | undefined, digest: number): void {
    this.place(node, parent);
    if (expirationMs !== undefined) this.expiries.schedule(node, expirationMs);
    this.count(node, digest);
  }

  /**
   * What is below `directory`, as it is now, a step at a time; the tree may change between the steps. Whoever does not read it to
   * its end has to call `return`. A step throws ListingCutError if more changed since than is kept.
   */
  list(directory: DirectoryNode, recursive: boolean, sorted: boolean): Generator<ListingStep, void, undefined> {
    return this.listings.begin({ top: directory, recursive, sorted, index: this.newestIndex });
  }

  write(node: FileNode, value: string, index: number): void {
    this.listings.nodeChanges(node);
    this.weight += value.length - node.value.length;
    node.value = value;
    node.modifiedIndex = index;
    this.touch(node);
  }

  schedule(node: TreeNode, expirationMs: number | undefined): void {
    this.listings.nodeChanges(node);
    this.expiries.schedule(node, expirationMs);
    this.touch(node);
  }

  /**
   * Takes the node and everything below it out of the tree: none of it is found any more. `gone` sees each removed path, the
   * node's own first. Of a large subtree much is left to `release`, which must be done before the tree is changed again.
   */
  remove(node: TreeNode, gone: (path: string) => void): void {
    this.release(Number.POSITIVE_INFINITY);
    if (node.parent !== undefined) {
      this.listings.childrenChange(node.parent);
      node.parent.detach(node);
    }
    this.releasing = { path: node.path, levels: [[node].values()], gone };
    this.release(REMOVED_AT_ONCE);
  }

  /** Whether something is left of a removed subtree. */
  get isReleasing(): boolean {
    return this.releasing !== undefined;
  }

  /** Goes on to release what was removed, up to `nodesMax` nodes of it: fewer if there are many listings, which are all asked about each. */
  release(nodesMax: number): void {
    if (this.releasing === undefined) return;
    const { levels, gone } = this.releasing;
    const most = nodesMax / (1 + this.listings.count / LISTINGS_A_NODE);
    for (let count = 0; count < most; count++) {
      const next = levels.at(-1)?.next();
      if (next === undefined) {
        this.releasing = undefined;
        return;
      }
      if (next.done === true) {
        levels.pop();
        continue;
      }
      const node = next.value;
      this.releaseNode(node);
      gone(node.path);
      if (!node.dir) continue;
      this.directories.delete(node.path);
      levels.push(node.children[Symbol.iterator]());
    }
  }

  /** Every node but the root. The tree may change meanwhile: what is added then may be left out. */
  *everyNode(): Generator<TreeNode, void, undefined> {
    for (const directory of this.directories.values()) yield* directory.children;
  }

  /** About how many paths were touched since they were last taken. */
  get changed(): number {
    return this.dirty.size;
  }

  /** Paths that were touched since the last call; whether each still exists is for `find` to say. */
  takeDirty(): ReadonlySet<string> {
    const taken = this.dirty;
    this.dirty = new Set();
    return taken;
  }

  /** Counts a node's digest, which stays counted until the node is touched. */
  count(node: TreeNode, digest: number): void {
    node.digest = digest;
    this.total.add(digest);
  }

  /** The digest of the whole tree; `digestFor` is asked for the nodes that are not counted. */
  digest(digestFor: (node: TreeNode) => number): string {
    for (const path of this.dirty) {
      const node = this.find(path);
      if (node !== undefined && node.digest === 0) this.count(node, digestFor(node));
    }
    return this.total.text;
  }

  private releaseNode(node: TreeNode): void {
    this.nodes--;
    this.weight -= bytesOf(node);
    this.listings.nodeChanges(node);
    this.expiries.schedule(node, undefined);
    this.touch(node);
  }

  private touch(node: TreeNode): void {
    this.dirty.add(node.path);
    if (node.digest === 0) return;
    this.total.subtract(node.digest);
    node.digest = 0;
  }

  private add(node: TreeNode, parent: DirectoryNode): void {
    this.place(node, parent);
    this.dirty.add(node.path);
  }

  private place(node: TreeNode, parent: DirectoryNode): void {
    this.listings.childrenChange(parent);
    parent.append(node);
    if (node.createdIndex > this.newestIndex) this.newestIndex = node.createdIndex;
    if (node.dir) this.directories.set(node.path, node);
    this.nodes++;
    this.weight += bytesOf(node);
  }
}

function bytesOf(node: TreeNode): number {
  return NODE_BYTES + node.path.length + (node.dir ? 0 : node.value.length);
}
