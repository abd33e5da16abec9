/** Reads RocksDB's variable-length numbers: seven bits a byte, lowest first; the high bit says that more follow. */

export class VarintReader {
  #at: number;

  /** `onDamage` makes the error to throw where the bytes end too soon or make no sense. */
  constructor(
    private readonly bytes: Buffer,
    from: number,
    private readonly end: number,
    private readonly onDamage: () => Error,
  ) {
    this.#at = from;
  }

  get done(): boolean {
    return this.#at >= this.end;
  }

  /** Below 2^56, so not always exact; places in files, file numbers and lengths are far below that. */
  number(): number {
    let value = 0;
    for (let factor = 1; this.#at < this.end && factor < 2 ** 56; factor *= 128) {
      const byte = this.bytes[this.#at] ?? 0;
      this.#at += 1;
      value += (byte & 0x7f) * factor;
      if (byte < 0x80) return value;
    }
    throw this.onDamage();
  }

  skip(count: number): void {
    this.#at += count;
    if (this.#at > this.end) throw this.onDamage();
  }

  /** A length and as many bytes, as a view. */
  text(): Buffer {
    const length = this.number();
    const from = this.#at;
    this.skip(length);
    return this.bytes.subarray(from, this.#at);
  }

  /** A length and as many bytes. */
  skipText(): void {
    this.skip(this.number());
  }
}
