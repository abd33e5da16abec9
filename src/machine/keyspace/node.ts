/**
 * The nodes of the tree. There may be millions: fields are few, only a node with a TTL has an `Expiry`, and only a directory
 * that holds something has a map for it.
 */

/** A node's place in the order of expiry. */
export interface Expiry {
  readonly node: TreeNode;
  expirationMs: number;
  /** Position in the heap; kept by ExpiryQueue. */
  position: number;
}

export type TreeNode = FileNode | DirectoryNode;

export class FileNode {
  readonly dir = false;
  /** What this node adds to the tree's digest; 0: nothing at the moment. */
  digest = 0;
  expiry: Expiry | undefined = undefined;

  constructor(
    readonly path: string,
    public parent: DirectoryNode,
    public value: string,
    readonly createdIndex: number,
    public modifiedIndex: number,
  ) {}
}

export class DirectoryNode {
  readonly dir = true;
  digest = 0;
  expiry: Expiry | undefined = undefined;
  /** By path; in order of insertion. */
  private held: Map<string, TreeNode> | undefined = undefined;

  constructor(
    readonly path: string,
    /** Undefined for the root. */
    public parent: DirectoryNode | undefined,
    readonly createdIndex: number,
    readonly modifiedIndex: number,
  ) {}

  get isEmpty(): boolean {
    return this.held === undefined;
  }

  get size(): number {
    return this.held?.size ?? 0;
  }

  /** In order of insertion. */
  get children(): Iterable<TreeNode> {
    return this.held?.values() ?? [];
  }

  child(path: string): TreeNode | undefined {
    return this.held?.get(path);
  }

  append(child: TreeNode): void {
    this.held ??= new Map();
    this.held.set(child.path, child);
  }

  detach(child: TreeNode): void {
    this.held?.delete(child.path);
    if (this.held?.size === 0) this.held = undefined;
  }
}
