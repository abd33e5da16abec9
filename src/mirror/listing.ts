/** What a prefix holds at one index, and what may not become files. */

/** A key below the prefix. */
export interface Entry {
  /** The names from the prefix down to the key; never empty. */
  readonly path: readonly string[];
  readonly value: string;
}

export interface Listing {
  /** Of the store, at the moment of which all entries are. */
  readonly index: number;
  readonly entries: readonly Entry[];
}

/** What is listed cannot be written as it was asked for. Nothing of it is; the message says which key and what to do. */
export class RefusedListingError extends Error {
  override readonly name = 'RefusedListingError';
}

/** Half of a surrogate pair. */
const HALF = /\p{Cs}/u;

/** How much is taken on. */
export interface ListingLimits {
  readonly keysMax: number;
  /** Of all names and values together, as UTF-8. */
  readonly bytesMax: number;
}

/** How messages name a key: below the prefix, with what cannot be seen spelt out. */
export function keyWords({ path }: Entry): string {
  return JSON.stringify(path.join('/'));
}

/** Sorted by their paths, in the same way for everybody: by the numbers of the letters, whatever the language. */
export function inOrder(entries: readonly Entry[]): readonly Entry[] {
  return [...entries].sort(byPath);
}

function byPath(a: Entry, b: Entry): number {
  for (const [depth, name] of a.path.entries()) {
    const other = b.path[depth];
    if (other === undefined) return 1;
    if (name !== other) return name < other ? -1 : 1;
  }
  return a.path.length - b.path.length;
}

/** @throws RefusedListingError */
export function refuseTooMuch({ entries }: Listing, { keysMax, bytesMax }: ListingLimits): void {
  if (entries.length > keysMax) {
    throw new RefusedListingError(
      `there are ${entries.length} keys below the prefix, and --max-keys is ${keysMax}; give a longer prefix, or raise it`,
    );
  }
  const bytes = entries.reduce((sum, entry) => sum + bytesOf(entry), 0);
  if (bytes > bytesMax) {
    throw new RefusedListingError(
      `names and values below the prefix take ${bytes} bytes, and --max-bytes is ${bytesMax}; give a longer prefix, or raise it`,
    );
  }
  const noText = entries.find(({ value }) => HALF.test(value));
  if (noText !== undefined) {
    throw new RefusedListingError(
      `the value of ${keyWords(noText)} is no text (it has half a surrogate pair), so no file can hold it as it is; set it again`,
    );
  }
}

function bytesOf({ path, value }: Entry): number {
  return path.reduce((sum, name) => sum + Buffer.byteLength(name), Buffer.byteLength(value));
}
