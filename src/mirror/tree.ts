/** A listing as directories with what is in them. */
import { keyWords, RefusedListingError, type Entry } from './listing';

/** By name: a value, or a directory. */
export type Tree = ReadonlyMap<string, string | Tree>;

type Growing = Map<string, string | Growing>;

/** Readers of JSON and YAML stop at a depth, and so do file systems. */
const DEPTH_MAX = 100;

/**
 * In the order of the entries.
 *
 * @throws RefusedListingError for two keys of one name, a key that is a directory too (neither of which a member lists, unless names are no
 * UTF-8: then they look alike), or one that lies too deep
 */
export function treeOf(entries: readonly Entry[]): Tree {
  const root: Growing = new Map();
  for (const entry of entries) {
    if (entry.path.length > DEPTH_MAX) {
      throw new RefusedListingError(`${keyWords(entry)} lies more than ${DEPTH_MAX} directories deep; move it up`);
    }
    const directory = entry.path.slice(0, -1).reduce((above, name) => directoryIn(above, name, entry), root);
    const name = entry.path.at(-1) ?? '';
    if (directory.has(name)) throw new RefusedListingError(`${keyWords(entry)} is listed twice; remove one of them`);
    directory.set(name, entry.value);
  }
  return root;
}

function directoryIn(above: Growing, name: string, entry: Entry): Growing {
  const there = above.get(name);
  if (typeof there === 'string') {
    throw new RefusedListingError(`${keyWords(entry)} lies below a key that has a value; remove one of them`);
  }
  const directory: Growing = there ?? new Map<string, string | Growing>();
  above.set(name, directory);
  return directory;
}
