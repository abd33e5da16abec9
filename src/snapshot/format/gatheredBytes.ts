/** What came of a record that is not all there yet. It takes no more memory than twice what came, however small the pieces are. */
export class GatheredBytes {
  private held = Buffer.alloc(0);
  private count = 0;

  get length(): number {
    return this.count;
  }

  /** Copies as many of `piece` as are wanted in all, and answers what is left of it. */
  fill(piece: Uint8Array, wanted: number): Uint8Array {
    const taken = piece.subarray(0, wanted - this.count);
    const needed = this.count + taken.length;
    if (needed > this.held.length) {
      const grown = Buffer.allocUnsafeSlow(Math.min(wanted, Math.max(needed, 2 * this.held.length)));
      this.held.copy(grown, 0, 0, this.count);
      this.held = grown;
    }
    this.held.set(taken, this.count);
    this.count = needed;
    return piece.subarray(taken.length);
  }

  /** All that was gathered, which is the caller's from now on. */
  take(): Buffer {
    const bytes = this.held.subarray(0, this.count);
    this.held = Buffer.alloc(0);
    this.count = 0;
    return bytes;
  }
}
