import { byteString } from '../../bytes/byteStrings';

/**
 * Patterns of keys, to be asked about many keys. One that ends in `*` means all keys that begin with what is before it, every
 * other one the key of that name; nothing else is special. An answer takes time in the length of the key and the logarithm of the
 * number of patterns.
 */
export class PatternSet {
  private readonly exact: ReadonlySet<string>;
  /** Sorted, and none begins with another: so of all that sort before a key only the last can be its beginning. */
  private readonly prefixes: readonly string[];

  /** @param patterns text */
  constructor(patterns: readonly string[]) {
    const bytes = patterns.map(byteString);
    this.exact = new Set(bytes.filter((pattern) => !pattern.endsWith('*')));
    this.prefixes = withoutCovered(
      bytes.filter((pattern) => pattern.endsWith('*')).map((pattern) => pattern.slice(0, -1)),
    );
  }

  /** @param key a byte string */
  covers(key: string): boolean {
    return this.exact.has(key) || this.coversAllBelow(key);
  }

  /** Whether the key and whatever may be below it is covered: a pattern without `*` is one key only. */
  coversAllBelow(key: string): boolean {
    let [from, to] = [0, this.prefixes.length];
    while (from < to) {
      const middle = (from + to) >>> 1;
      if ((this.prefixes[middle] ?? '') <= key) from = middle + 1;
      else to = middle;
    }
    const last = this.prefixes[from - 1];
    return last !== undefined && key.startsWith(last);
  }
}

function withoutCovered(prefixes: string[]): string[] {
  const kept: string[] = [];
  for (const prefix of prefixes.sort()) {
    const last = kept.at(-1);
    if (last === undefined || !prefix.startsWith(last)) kept.push(prefix);
  }
  return kept;
}
