/** What a watch knows of the keys it watches, so that it can say what changed where the history no longer does. */
import type { KeyEvent, KeyNode } from '../keyEvent';
import { isBelow } from '../keyPath';

/** A change that somebody made, or that was found by comparing. */
export interface Change extends KeyEvent {
  /**
   * Of the store with this change: never less than that of the change before. Of changes that were found by comparing it is the index of
   * the listing, and they all have the same.
   */
  readonly index: number;
  /**
   * Found by comparing a listing with what was known, after the history of the members no longer reached back. What was changed several
   * times in between is told once, as `set` with the value that it has now, or as `delete`.
   */
  readonly isSynthesized: boolean;
}

const REMOVING: readonly string[] = ['delete', 'expire', 'compareAndDelete'];

const DIRECTORY = { dir: true, value: undefined, ttlSeconds: undefined, expiration: undefined, nodes: [] } as const;

export class KnownNodes {
  private nodes = new Map<string, KeyNode>();

  /**
   * @param key - the key that is watched
   * @param isRecursive - and all that is below it
   */
  constructor(
    private readonly key: string,
    private readonly isRecursive: boolean,
  ) {}

  /** @param root - the node of the key, or undefined if there is none */
  replace(root: KeyNode | undefined): void {
    this.nodes = this.flattened(root);
  }

  apply({ action, node }: KeyEvent): void {
    if (REMOVING.includes(action)) this.remove(node.key);
    else {
      this.addParents(node);
      this.nodes.set(node.key, flat(node));
    }
  }

  /** Directories come along with the first key in them, under its index, and no event tells of them. */
  private addParents({ key, modifiedIndex }: KeyNode): void {
    for (let parent = parentOf(key); isBelow(key, this.key) && parent !== '/'; parent = parentOf(parent)) {
      if (this.nodes.has(parent) || !(parent === this.key || isBelow(parent, this.key))) return;
      this.nodes.set(parent, { ...DIRECTORY, key: parent, createdIndex: modifiedIndex, modifiedIndex });
    }
  }

  /** What has to have happened for this to become what is there now; that is what is known from then on. */
  differences(root: KeyNode | undefined, index: number): readonly Change[] {
    const [before, now] = [this.nodes, this.flattened(root)];
    const filled = new Set([...now.keys()].map(parentOf));
    this.nodes = now;
    return [
      ...topmost([...before.values()].filter(({ key, dir }) => now.get(key)?.dir !== dir)).map((node): Change => {
        const gone = { ...node, value: undefined, modifiedIndex: index };
        return { action: 'delete', node: gone, prevNode: node, index, isSynthesized: true };
      }),
      ...[...now.values()]
        .filter((node) => isOther(node, before.get(node.key)))
        // A directory that came along with a key in it is told by that key, as in the events of the members.
        .filter(({ key, dir }) => !dir || before.get(key)?.dir === true || !filled.has(key))
        .sort((one, other) => one.modifiedIndex - other.modifiedIndex)
        .map((node): Change => ({ action: 'set', node, prevNode: before.get(node.key), index, isSynthesized: true })),
    ];
  }

  private remove(key: string): void {
    const isDirectory = this.nodes.get(key)?.dir !== false;
    this.nodes.delete(key);
    if (!isDirectory) return;
    for (const other of this.nodes.keys()) if (isBelow(other, key)) this.nodes.delete(other);
  }

  private flattened(root: KeyNode | undefined): Map<string, KeyNode> {
    const nodes = new Map<string, KeyNode>();
    const add = (node: KeyNode): void => {
      // The root of the store is always there, and nothing happens to it.
      if (node.key !== '/') nodes.set(node.key, flat(node));
      if (this.isRecursive || node.key !== this.key) node.nodes.forEach(add);
    };
    if (root !== undefined) add(root);
    return nodes;
  }
}

function flat(node: KeyNode): KeyNode {
  return node.nodes.length === 0 ? node : { ...node, nodes: [] };
}

function isOther(node: KeyNode, before: KeyNode | undefined): boolean {
  return before?.modifiedIndex !== node.modifiedIndex || before.dir !== node.dir;
}

/** Without those whose directory is among them: one deletion takes along what is below. In the order of their names. */
function topmost(nodes: readonly KeyNode[]): readonly KeyNode[] {
  const keys = new Set(nodes.map(({ key }) => key));
  const isCovered = (key: string): boolean => key !== '/' && (keys.has(parentOf(key)) || isCovered(parentOf(key)));
  return nodes.filter(({ key }) => !isCovered(key)).sort((one, other) => (one.key < other.key ? -1 : 1));
}

function parentOf(key: string): string {
  return key.slice(0, Math.max(1, key.lastIndexOf('/')));
}
