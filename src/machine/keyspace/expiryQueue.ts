import type { Expiry, TreeNode } from './node';

/**
 * Nodes with a TTL, the next one to expire first. Equal times are ordered by path, so that every member drops the same nodes
 * in the same order, also one that has loaded its tree from rows. A binary heap whose entries know their position.
 */
export class ExpiryQueue {
  private readonly heap: Expiry[] = [];

  get size(): number {
    return this.heap.length;
  }

  /** The node that expires next. */
  first(): Expiry | undefined {
    return this.heap[0];
  }

  /** Gives the node a new expiry, or none with undefined. */
  schedule(node: TreeNode, expirationMs: number | undefined): void {
    const expiry = node.expiry;
    if (expirationMs === undefined) {
      if (expiry !== undefined) this.remove(expiry);
      node.expiry = undefined;
      return;
    }
    if (expiry !== undefined) {
      expiry.expirationMs = expirationMs;
      this.settle(expiry);
      return;
    }
    const added: Expiry = { node, expirationMs, position: this.heap.length };
    node.expiry = added;
    this.heap.push(added);
    this.up(added);
  }

  private remove(expiry: Expiry): void {
    const last = this.heap.pop();
    if (last === undefined || last === expiry) return;
    this.put(last, expiry.position);
    this.settle(last);
  }

  private settle(expiry: Expiry): void {
    this.up(expiry);
    this.down(expiry);
  }

  private up(expiry: Expiry): void {
    while (expiry.position > 0) {
      const from = expiry.position;
      const parent = this.heap[(from - 1) >> 1];
      if (parent === undefined || !before(expiry, parent)) return;
      this.put(expiry, parent.position);
      this.put(parent, from);
    }
  }

  private down(expiry: Expiry): void {
    for (;;) {
      const from = expiry.position;
      const left = this.heap[2 * from + 1];
      if (left === undefined) return;
      const right = this.heap[2 * from + 2];
      const child = right !== undefined && before(right, left) ? right : left;
      if (!before(child, expiry)) return;
      this.put(expiry, child.position);
      this.put(child, from);
    }
  }

  private put(expiry: Expiry, position: number): void {
    this.heap[position] = expiry;
    expiry.position = position;
  }
}

function before(a: Expiry, b: Expiry): boolean {
  return a.expirationMs < b.expirationMs || (a.expirationMs === b.expirationMs && a.node.path < b.node.path);
}
