/** A hash of the whole tree that is kept up to date node by node, so that members can compare theirs at any size. */

const DIGEST_MASK = 0x7fffffff;

/** 31 bits of a node's row, from its checksum; never 0, which stands for "not counted". */
export function digestOf(checksum: number): number {
  return checksum & DIGEST_MASK || 1;
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
