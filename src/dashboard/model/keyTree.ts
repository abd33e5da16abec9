/** What the page knows of the key space: the directories that were listed, kept true by the events of watches. */
import type { KeyEvent, KeyNode, Listing } from './answers';
import { isBelow, parentOf } from './paths';

interface Directory {
  /** Sorted. */
  readonly children: string[];
  /** The store's index when it was listed: older events are in it already. */
  readonly listedAt: number;
}

const REMOVALS: ReadonlySet<string> = new Set(['delete', 'expire', 'compareAndDelete']);

export class KeyTree {
  private readonly nodes = new Map<string, KeyNode>();
  private readonly directories = new Map<string, Directory>();

  node(key: string): KeyNode | undefined {
    return this.nodes.get(key);
  }

  /** Undefined: not listed yet. */
  childrenOf(directory: string): readonly string[] | undefined {
    return this.directories.get(directory)?.children;
  }

  /** The directories whose children are known, outer ones first. */
  listed(): readonly string[] {
    return [...this.directories.keys()].sort();
  }

  /** @param index `X-Etcd-Index` of the answer */
  takeListing({ node, children }: Listing, index: number): void {
    this.nodes.set(node.key, node);
    if (!node.isDirectory) return;
    const names = new Set(children.map(({ key }) => key));
    for (const gone of this.directories.get(node.key)?.children ?? []) if (!names.has(gone)) this.forget(gone);
    for (const child of children) {
      this.nodes.set(child.key, child);
      if (!child.isDirectory) this.forgetBelow(child.key);
    }
    this.directories.set(node.key, { children: [...names].sort(byText), listedAt: index });
  }

  /** @returns the key that changed, as far as it can be seen; undefined: nothing that is shown */
  takeEvent({ action, node }: KeyEvent): string | undefined {
    const { key } = node;
    const shown = this.shownAbove(key);
    if (shown === undefined || shown.listedAt >= node.modifiedIndex) return undefined;
    if (REMOVALS.has(action)) {
      this.forget(key);
      return key;
    }
    const entry = shown.key === parentOf(key) ? key : firstBelow(key, shown.key);
    insert(shown.children, entry);
    if (entry === key) {
      if (action === 'set' || !node.isDirectory) this.forgetBelow(key);
      this.nodes.set(key, node);
    } else if (!this.nodes.has(entry)) {
      // A directory that came into being with the key below it.
      const { createdIndex, modifiedIndex } = node;
      this.nodes.set(entry, {
        key: entry,
        isDirectory: true,
        value: '',
        createdIndex,
        modifiedIndex,
        endsAtMs: undefined,
      });
    }
    return entry;
  }

  forget(key: string): void {
    this.forgetBelow(key);
    this.nodes.delete(key);
    const siblings = this.directories.get(parentOf(key))?.children;
    const at = siblings?.indexOf(key) ?? -1;
    if (at >= 0) siblings?.splice(at, 1);
  }

  /** Its children are not known any more: whoever opens it asks for them. */
  unlist(directory: string): void {
    this.forgetBelow(directory);
  }

  clear(): void {
    this.nodes.clear();
    this.directories.clear();
  }

  private forgetBelow(key: string): void {
    if (!this.directories.delete(key)) return;
    for (const known of [...this.nodes.keys()]) if (isBelow(known, key)) this.nodes.delete(known);
    for (const known of [...this.directories.keys()]) if (isBelow(known, key)) this.directories.delete(known);
  }

  /** The nearest listed directory above a key. */
  private shownAbove(key: string): (Directory & { key: string }) | undefined {
    for (let at = key; at !== '/';) {
      at = parentOf(at);
      const directory = this.directories.get(at);
      if (directory !== undefined) return { ...directory, key: at };
    }
    return undefined;
  }
}

function byText(one: string, other: string): number {
  return one < other ? -1 : one > other ? 1 : 0;
}

/** The child of `directory` that is, or is above, a key. */
function firstBelow(key: string, directory: string): string {
  const end = key.indexOf('/', directory === '/' ? 1 : directory.length + 1);
  return end < 0 ? key : key.slice(0, end);
}

function insert(sorted: string[], text: string): void {
  let [low, high] = [0, sorted.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((sorted[middle] ?? '') < text) low = middle + 1;
    else high = middle;
  }
  if (sorted[low] !== text) sorted.splice(low, 0, text);
}
