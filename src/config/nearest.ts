/** Names longer than this are no typing mistake, and comparing them would cost time for nothing. */
const LENGTH_MAX = 64;

/**
 * The candidate with the fewest single-character edits to `word`, or undefined if none is close enough to be what was
 * meant (about one edit in four characters); or else one that has all its parts and more.
 */
export function nearest(word: string, candidates: readonly string[]): string | undefined {
  if (word.length > LENGTH_MAX) return undefined;
  let best: string | undefined;
  // As many edits as it has letters would make any word of any other.
  let bestEdits = Math.min(word.length, Math.max(1, Math.floor(word.length / 4)) + 1);
  for (const candidate of candidates) {
    const edits = editsBetween(word, candidate);
    if (edits < bestEdits) {
      best = candidate;
      bestEdits = edits;
    }
  }
  return best ?? withMoreParts(word, candidates);
}

/** What was meant where parts of a long name were left out: `peer-key` for `peer-key-file`. */
function withMoreParts(word: string, candidates: readonly string[]): string | undefined {
  const parts = partsOf(word);
  // A single part is in too many names to mean one of them.
  if (parts.length < 2) return undefined;
  const [first] = candidates
    .filter((candidate) => isWithin(parts, partsOf(candidate)))
    .sort((one, other) => partsOf(one).length - partsOf(other).length);
  return first;
}

function partsOf(name: string): readonly string[] {
  return name.split(/[-_]/);
}

/** In the same order, with others in between. */
function isWithin(parts: readonly string[], all: readonly string[]): boolean {
  let found = 0;
  for (const part of all) if (part === parts[found]) found += 1;
  return found === parts.length;
}

/** Insertions, deletions, replacements and swaps of neighbours that turn one word into the other. */
function editsBetween(from: string, to: string): number {
  let beforeLast: number[] = [];
  let last = Array.from({ length: to.length + 1 }, (_, column) => column);
  for (let row = 1; row <= from.length; row++) {
    const current = [row];
    for (let column = 1; column <= to.length; column++) {
      const replace = at(last, column - 1) + (from[row - 1] === to[column - 1] ? 0 : 1);
      let edits = Math.min(at(last, column) + 1, at(current, column - 1) + 1, replace);
      const swapped = row > 1 && column > 1 && from[row - 1] === to[column - 2] && from[row - 2] === to[column - 1];
      if (swapped) edits = Math.min(edits, at(beforeLast, column - 2) + 1);
      current.push(edits);
    }
    beforeLast = last;
    last = current;
  }
  return at(last, to.length);
}

function at(row: readonly number[], column: number): number {
  return row[column] ?? Infinity;
}
