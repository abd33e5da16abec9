/** What the page knows of the key space: the directories that were listed, kept true by the events of watches. */
import type { KeyEvent, KeyNode, Listing } from './answers';
import { isHiddenBelow, parentOf } from './paths';

interface Directory {
  /** Sorted. */
  readonly children: string[];
  /** The store's index when it was listed: older events are in it already. */
  readonly listedAt: number;
}

/** What takes a node away. */
export const REMOVALS: ReadonlySet<string> = new Set(['delete', 'expire', 'compareAndDelete']);

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
    const before = this.directories.get(node.key)?.children ?? [];
    this.directories.set(node.key, { children: [...names].sort(byText), listedAt: index });
    const gone = before.filter((known) => !names.has(known));
    for (const key of gone) this.nodes.delete(key);
    for (const child of children) this.nodes.set(child.key, child);
    const files = children.filter(({ isDirectory }) => !isDirectory).map(({ key }) => key);
    this.forgetBelow([...gone, ...files]);
  }

  /** @returns the key that changed, as far as it can be seen; undefined: nothing that is shown */
  takeEvent({ action, node }: KeyEvent): string | undefined {
    const { key } = node;
    const shown = this.shownAbove(key);
    // No listing names it: the history tells of it, which knows nothing of hidden keys, and no later event would.
    const isHidden = shown !== undefined && isHiddenBelow(key, shown.key);
    const isListed = shown?.key === parentOf(key) && !isHidden;
    const own = isListed ? undefined : this.takeOwn(action, node);
    if (shown === undefined || isHidden || shown.listedAt >= node.modifiedIndex) return own;
    if (REMOVALS.has(action)) {
      this.forget(key);
      return key;
    }
    const entry = shown.key === parentOf(key) ? key : firstBelow(key, shown.key);
    insert(shown.children, entry);
    if (entry === key) {
      if (action === 'set' || !node.isDirectory) this.forgetBelow([key]);
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

  /** Of a key that is known by its path alone, whose directory was not listed. */
  private takeOwn(action: string, node: KeyNode): string | undefined {
    const { key } = node;
    const known = this.nodes.get(key);
    if (known === undefined || known.modifiedIndex >= node.modifiedIndex) return undefined;
    if (REMOVALS.has(action)) {
      this.forget(key);
    } else {
      if (action === 'set' || !node.isDirectory) this.forgetBelow([key]);
      this.nodes.set(key, node);
    }
    return key;
  }

  /**
   * A read found nothing there, or a deletion left nothing. The answer may have taken longer than the stream, which tells of what came after.
   *
   * @param index `X-Etcd-Index` of the answer
   */
  takeAbsence(key: string, index: number): void {
    const known = this.nodes.get(key);
    if (known === undefined || known.modifiedIndex <= index) this.forget(key);
  }

  forget(key: string): void {
    this.forgetBelow([key]);
    this.nodes.delete(key);
    const siblings = this.directories.get(parentOf(key))?.children ?? [];
    const at = placeIn(siblings, key);
    if (siblings[at] === key) siblings.splice(at, 1);
  }

  /** The children of these directories are not known any more: whoever opens one asks for them. */
  unlist(directories: readonly string[]): void {
    this.forgetBelow(directories);
  }

  clear(): void {
    this.nodes.clear();
    this.directories.clear();
  }

  /** Of all at once: there may be thousands, and what is known is looked through but once. */
  private forgetBelow(keys: readonly string[]): void {
    const gone = new Set(keys.filter((key) => this.directories.delete(key)));
    if (gone.size === 0) return;
    for (const known of [...this.nodes.keys()]) if (isBelowOne(known, gone)) this.nodes.delete(known);
    for (const known of [...this.directories.keys()]) if (isBelowOne(known, gone)) this.directories.delete(known);
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

function isBelowOne(key: string, directories: ReadonlySet<string>): boolean {
  for (let at = key; at !== '/';) {
    at = parentOf(at);
    if (directories.has(at)) return true;
  }
  return false;
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
  const at = placeIn(sorted, text);
  if (sorted[at] !== text) sorted.splice(at, 0, text);
}

/** Where the text is, or would be. */
function placeIn(sorted: readonly string[], text: string): number {
  let [low, high] = [0, sorted.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((sorted[middle] ?? '') < text) low = middle + 1;
    else high = middle;
  }
  return low;
}
