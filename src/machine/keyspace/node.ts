/**
 * The nodes of the tree. There may be millions: fields are few, children are a linked list through the nodes themselves
 * (in order of insertion), and only a node with a TTL has an `Expiry`.
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
  previous: TreeNode | undefined = undefined;
  next: TreeNode | undefined = undefined;

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
  previous: TreeNode | undefined = undefined;
  next: TreeNode | undefined = undefined;
  firstChild: TreeNode | undefined = undefined;
  lastChild: TreeNode | undefined = undefined;

  constructor(
    readonly path: string,
    /** Undefined for the root. */
    public parent: DirectoryNode | undefined,
    readonly createdIndex: number,
    readonly modifiedIndex: number,
  ) {}

  append(child: TreeNode): void {
    child.previous = this.lastChild;
    if (this.lastChild === undefined) this.firstChild = child;
    else this.lastChild.next = child;
    this.lastChild = child;
  }

  detach(child: TreeNode): void {
    if (child.previous === undefined) this.firstChild = child.next;
    else child.previous.next = child.next;
    if (child.next === undefined) this.lastChild = child.previous;
    else child.next.previous = child.previous;
    child.previous = undefined;
    child.next = undefined;
  }
}
