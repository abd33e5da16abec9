/**
 * Makes the error for bytes that are not what they should be, of the kind that the reader's owner throws.
 * @param what goes on after the name of the thing that was read: "is cut short: ..."
 */
export type Damage = (what: string) => Error;

const VARINT_BYTES_MAX = 8;
const UINT32_RANGE = 2 ** 32;

/**
 * Reads what a ByteWriter wrote, and RocksDB's varints. Integers are big-endian. Every method throws what `damage` makes where
 * the bytes end too soon or make no sense, so nothing that comes from a disk or another member has to be looked at before.
 */
export class ByteReader {
  private offset = 0;

  constructor(
    private readonly buffer: Buffer,
    private readonly damage: Damage,
  ) {}

  get left(): number {
    return this.buffer.length - this.offset;
  }

  get atEnd(): boolean {
    return this.offset === this.buffer.length;
  }

  /** Nothing may follow. */
  finish(): void {
    if (!this.atEnd) throw this.damage(`is longer than it should be: ${this.left} bytes follow its end`);
  }

  u8(): number {
    return this.buffer[this.advance(1)] ?? 0;
  }

  u16(): number {
    return this.buffer.readUInt16BE(this.advance(2));
  }

  u32(): number {
    return this.buffer.readUInt32BE(this.advance(4));
  }

  u48(): number {
    return this.buffer.readUIntBE(this.advance(6), 6);
  }

  /** A safe integer in eight bytes. */
  u64(): number {
    const value = this.u32() * UINT32_RANGE + this.u32();
    if (!Number.isSafeInteger(value)) throw this.damage('holds a number above 2^53');
    return value;
  }

  bigU64(): bigint {
    return this.buffer.readBigUInt64BE(this.advance(8));
  }

  f64(): number {
    return this.buffer.readDoubleBE(this.advance(8));
  }

  /** A time that may be absent. */
  optionalU48(): number | undefined {
    return this.u8() === 0 ? undefined : this.u48();
  }

  /** A safe integer in 1 to 8 bytes. */
  varint(): number {
    let value = 0;
    let scale = 1;
    for (let count = 0; count < VARINT_BYTES_MAX; count += 1) {
      const byte = this.u8();
      value += (byte & 0x7f) * scale;
      if (byte < 0x80) {
        if (Number.isSafeInteger(value)) return value;
        throw this.damage('holds a number above 2^53');
      }
      scale *= 128;
    }
    throw this.damage(`holds a number of more than ${VARINT_BYTES_MAX} bytes`);
  }

  /** How many things of at least `bytesEach` bytes follow; never more than there can be. */
  count(bytesEach: number): number {
    const count = this.varint();
    if (count * bytesEach > this.left) throw this.damage(`is cut short: ${count} items in ${this.left} bytes`);
    return count;
  }

  /** A member id: eight bytes as hexadecimal without zero padding. */
  id(): string {
    const [high, low] = [this.u32(), this.u32()];
    return high === 0 ? low.toString(16) : high.toString(16) + low.toString(16).padStart(8, '0');
  }

  /** So many bytes: a view, not a copy. */
  raw(size: number): Buffer {
    const start = this.advance(size);
    return this.buffer.subarray(start, start + size);
  }

  skip(size: number): void {
    this.advance(size);
  }

  /** Bytes with their length: a view, not a copy. */
  bytes(): Buffer {
    return this.raw(this.varint());
  }

  /** So many bytes as a byte string; always a flat one, so that keeping it keeps nothing else alive. */
  rawString(size: number): string {
    const start = this.advance(size);
    return this.buffer.latin1Slice(start, start + size);
  }

  /** A byte string with its length. */
  byteString(): string {
    return this.rawString(this.varint());
  }

  /** Text that was written as UTF-8 with its length; what is none reads as U+FFFD. */
  text(): string {
    const size = this.varint();
    const start = this.advance(size);
    return this.buffer.toString('utf8', start, start + size);
  }

  /** Texts with their number. */
  texts(): string[] {
    const values: string[] = [];
    for (let left = this.count(1); left > 0; left--) values.push(this.text());
    return values;
  }

  private advance(size: number): number {
    const start = this.offset;
    const end = start + size;
    if (end > this.buffer.length) {
      throw this.damage(`is cut short: ${size} bytes expected at offset ${start}, ${this.left} are left`);
    }
    this.offset = end;
    return start;
  }
}
