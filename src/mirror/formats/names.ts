/** Keys under names of one level, as variables and properties have them. */
import { keyWords, RefusedListingError, type Entry } from '../listing';

/**
 * The name of each entry, in the order given.
 *
 * @throws RefusedListingError if two keys come to the same name: one would be lost
 */
export function namedEntries(
  entries: readonly Entry[],
  nameOf: (entry: Entry) => string,
  what: string,
): readonly (readonly [string, Entry])[] {
  const byName = new Map<string, Entry>();
  for (const entry of entries) {
    const name = nameOf(entry);
    const other = byName.get(name);
    if (other !== undefined) {
      throw new RefusedListingError(
        `${keyWords(other)} and ${keyWords(entry)} would both be the ${what} ${JSON.stringify(name)}; rename one of them, or use ` +
          '--format files, json or yaml',
      );
    }
    byName.set(name, entry);
  }
  return [...byName];
}
