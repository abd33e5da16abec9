/** A hash of the whole tree that is kept up to date node by node, so that members can compare theirs at any size. */

const DIGEST_MASK = 0x7fffffff;
const PRIME = 0x01000193;

/** 31 bits of a node's path and row bytes; never 0, which stands for "not counted". */
export function digestOf(path: string, row: Uint8Array): number {
  let hash = 0x811c9dc5 ^ path.length;
  for (let position = 0; position < path.length; position++) {
    hash = Math.imul(hash ^ path.charCodeAt(position), PRIME);
  }
  hash = Math.imul(hash ^ row.length, PRIME);
  // Four bytes a step: a million of these are computed at each start.
  const whole = row.length & ~3;
  for (let at = 0; at < whole; at += 4) hash = turn(Math.imul(hash ^ wordAt(row, at), PRIME));
  for (let at = whole; at < row.length; at++) hash = Math.imul(hash ^ (row[at] ?? 0), PRIME);
  return spread(hash) & DIGEST_MASK || 1;
}

function wordAt(row: Uint8Array, at: number): number {
  return (row[at] ?? 0) | ((row[at + 1] ?? 0) << 8) | ((row[at + 2] ?? 0) << 16) | ((row[at + 3] ?? 0) << 24);
}

/** A product carries only upwards: without this the high bytes of a word would hardly be heard. */
function turn(hash: number): number {
  return (hash << 13) | (hash >>> 19);
}

/** The sum of all counted digests in two lanes. Sums do not depend on the order in which nodes came and went. */
export class TreeDigest {
  private low = 0;
  private high = 0;

  add(digest: number): void {
    this.low = (this.low + spread(digest)) >>> 0;
    this.high = (this.high + spread(digest ^ 0x5bd1e995)) >>> 0;
  }

  subtract(digest: number): void {
    this.low = (this.low - spread(digest)) >>> 0;
    this.high = (this.high - spread(digest ^ 0x5bd1e995)) >>> 0;
  }

  /** 16 hexadecimal digits. */
  get text(): string {
    return this.high.toString(16).padStart(8, '0') + this.low.toString(16).padStart(8, '0');
  }
}

/** Every bit of the result depends on every bit of the argument. */
function spread(value: number): number {
  let mixed = value ^ (value >>> 16);
  mixed = Math.imul(mixed, 0x85ebca6b);
  mixed ^= mixed >>> 13;
  mixed = Math.imul(mixed, 0xc2b2ae35);
  return (mixed ^ (mixed >>> 16)) >>> 0;
}
