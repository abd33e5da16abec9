import { byteString, refuseWide } from './byteStrings';

const INITIAL_BYTES = 256;
/** What is longer is not copied once more when it is taken, and no room for it is kept. */
const LONG_BYTES = 256 * 1024;
const UINT32_RANGE = 2 ** 32;
const VARINT_BYTES_MAX = 8;
/** A varint has seven bits a byte; numbers below this can be shifted. */
const SHIFTED_RANGE = 2 ** 28;
const MEMBER_ID = /^[0-9a-f]{1,16}$/;

/** Appends numbers, texts and bytes to one growing buffer. Integers are big-endian; ByteReader has the same names. */
export class ByteWriter {
  protected buffer: Buffer;
  protected end = 0;
  private scratch: Buffer;

  /**
   * @param initialBytes room that is there from the start: as much as is written, for whoever knows
   * @param keptBytesMax a buffer that grew up to this is kept for what is written next
   */
  constructor(
    initialBytes = INITIAL_BYTES,
    private readonly keptBytesMax = LONG_BYTES,
  ) {
    this.scratch = Buffer.allocUnsafe(initialBytes);
    this.buffer = this.scratch;
  }

  /** Bytes that were written. */
  get length(): number {
    return this.end;
  }

  u8(value: number): this {
    this.reserve(1);
    this.buffer[this.end++] = value;
    return this;
  }

  u16(value: number): this {
    this.reserve(2);
    this.end = this.buffer.writeUInt16BE(value, this.end);
    return this;
  }

  u32(value: number): this {
    this.reserve(4);
    this.end = this.buffer.writeUInt32BE(value, this.end);
    return this;
  }

  /** An index or a time in milliseconds: an unsigned integer below 2^48. */
  u48(value: number): this {
    this.reserve(6);
    this.end = this.buffer.writeUIntBE(value, this.end, 6);
    return this;
  }

  /** A safe integer in eight bytes. */
  u64(value: number): this {
    this.reserve(8);
    this.end = this.buffer.writeUInt32BE(Math.floor(value / UINT32_RANGE), this.end);
    this.end = this.buffer.writeUInt32BE(value % UINT32_RANGE, this.end);
    return this;
  }

  bigU64(value: bigint): this {
    this.reserve(8);
    this.end = this.buffer.writeBigUInt64BE(value, this.end);
    return this;
  }

  f64(value: number): this {
    this.reserve(8);
    this.end = this.buffer.writeDoubleBE(value, this.end);
    return this;
  }

  /** A time that may be absent. */
  optionalU48(value: number | undefined): this {
    return value === undefined ? this.u8(0) : this.u8(1).u48(value);
  }

  /** A safe integer of 0 or more in 1 to 8 bytes, low bits first. @throws RangeError for any other number */
  varint(value: number): this {
    if (!Number.isSafeInteger(value) || value < 0) throw new RangeError(`${value} cannot be written: no safe integer`);
    this.reserve(VARINT_BYTES_MAX);
    let rest = value;
    for (; rest >= SHIFTED_RANGE; rest = Math.floor(rest / 0x80)) this.buffer[this.end++] = (rest % 0x80) | 0x80;
    for (; rest > 0x7f; rest >>>= 7) this.buffer[this.end++] = (rest & 0x7f) | 0x80;
    this.buffer[this.end++] = rest;
    return this;
  }

  /** A member id: hexadecimal in, eight bytes out. @throws RangeError if it is no 64-bit number */
  id(value: string): this {
    if (!MEMBER_ID.test(value)) throw new RangeError(`not a 64-bit id in lower-case hexadecimal: "${value}"`);
    // Halves are numbers, which are faster than one of 64 bits.
    const high = value.length > 8 ? Number.parseInt(value.slice(0, -8), 16) : 0;
    return this.u32(high).u32(Number.parseInt(value.slice(-8), 16));
  }

  raw(value: Uint8Array): this {
    this.reserve(value.length);
    this.buffer.set(value, this.end);
    this.end += value.length;
    return this;
  }

  /** Bytes with their length. */
  bytes(value: Uint8Array): this {
    return this.varint(value.length).raw(value);
  }

  /** A byte string. @throws RangeError if it is none */
  rawString(value: string): this {
    refuseWide(value);
    const size = value.length;
    this.reserve(size);
    this.end += this.buffer.latin1Write(value, this.end, size);
    return this;
  }

  /** A byte string with its length. @throws RangeError if it is none */
  byteString(value: string): this {
    return this.varint(value.length).rawString(value);
  }

  /** Text (a name, a URL) as UTF-8 with its length in bytes. */
  text(value: string): this {
    return this.byteString(byteString(value));
  }

  /** Texts with their number. */
  texts(values: readonly string[]): this {
    this.varint(values.length);
    for (const value of values) this.text(value);
    return this;
  }

  /** Forgets what was written: an exception may have left the beginning of something behind. */
  restart(): this {
    this.buffer = this.scratch;
    this.end = 0;
    return this;
  }

  /** Makes room for so many bytes more at once: a buffer that grows copies what it holds. */
  expect(size: number): this {
    const needed = this.end + size;
    if (needed > LONG_BYTES && needed > this.buffer.length) this.grow(needed);
    return this;
  }

  /** What was written, without a copy; nothing may be written any more. */
  get written(): Buffer {
    return this.end === this.buffer.length ? this.buffer : this.buffer.subarray(0, this.end);
  }

  /** What was written, the caller's to keep, the writer can be used again from the start. */
  take(): Buffer {
    const { written } = this;
    const isShared = this.buffer === this.scratch;
    this.restart();
    return isShared ? this.copyOf(written) : written;
  }

  /** As `take`, as a byte string. */
  takeText(): string {
    const taken = this.buffer.latin1Slice(0, this.end);
    this.restart();
    return taken;
  }

  /** In memory of its own, so that keeping it keeps nothing else. */
  protected copyOf(written: Buffer): Buffer {
    const copy = Buffer.allocUnsafeSlow(written.length);
    written.copy(copy);
    return copy;
  }

  private reserve(size: number): void {
    const needed = this.end + size;
    if (needed <= this.buffer.length) return;
    this.grow(needed > LONG_BYTES ? needed + (needed >>> 2) : Math.max(this.buffer.length * 2, needed));
  }

  private grow(capacity: number): void {
    const grown = Buffer.allocUnsafeSlow(capacity);
    this.buffer.copy(grown, 0, 0, this.end);
    this.buffer = grown;
    if (capacity <= this.keptBytesMax) this.scratch = grown;
  }
}
