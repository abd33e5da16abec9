/** Binary encoding shared by log entries and rows: growing writer, checking reader. Integers are big-endian. */
import { refuseWide } from './rows';

const INITIAL_BYTES = 256;

/** What is longer is not copied once more, and no room for it is kept. */
const LONG_BYTES = 256 * 1024;

/** Appends numbers and byte strings to one growing buffer. */
export class ByteWriter {
  private scratch = Buffer.allocUnsafe(INITIAL_BYTES);
  private buffer = this.scratch;
  private length = 0;

  u8(value: number): this {
    this.reserve(1);
    this.buffer[this.length++] = value;
    return this;
  }

  /** An unsigned integer below 2^53 in 1 to 8 bytes. */
  varint(value: number): this {
    this.reserve(8);
    let rest = value;
    // Bits are shifted in 32 of them only.
    for (; rest > 0xffff_ffff; rest = Math.floor(rest / 0x80)) this.buffer[this.length++] = (rest % 0x80) | 0x80;
    while (rest > 0x7f) {
      this.buffer[this.length++] = (rest & 0x7f) | 0x80;
      rest >>>= 7;
    }
    this.buffer[this.length++] = rest;
    return this;
  }

  /** An index or a time in milliseconds: an unsigned integer below 2^48. */
  u48(value: number): this {
    this.reserve(6);
    this.length = this.buffer.writeUIntBE(value, this.length, 6);
    return this;
  }

  u64(value: bigint): this {
    this.reserve(8);
    this.length = this.buffer.writeBigUInt64BE(value, this.length);
    return this;
  }

  /** A byte string with its length. @throws RangeError if it is none */
  bytes(value: string): this {
    refuseWide(value);
    const size = value.length;
    this.varint(size);
    this.reserve(size);
    this.length += this.buffer.latin1Write(value, this.length, size);
    return this;
  }

  /** Text (a name, a URL) as UTF-8 with its length in bytes. */
  text(value: string): this {
    return this.bytes(byteString(value));
  }

  /** Texts with their number. */
  texts(values: readonly string[]): this {
    this.varint(values.length);
    for (const value of values) this.text(value);
    return this;
  }

  /** A member's id, 64 bits as hexadecimal. */
  id(value: string): this {
    return this.u64(BigInt(`0x${value}`));
  }

  /** A time that may be absent. */
  optionalU48(value: number | undefined): this {
    return value === undefined ? this.u8(0) : this.u8(1).u48(value);
  }

  /** Forgets what was written: an exception may have left the beginning of something behind. */
  restart(): this {
    this.buffer = this.scratch;
    this.length = 0;
    return this;
  }

  /** Makes room for so many bytes more at once: a buffer that grows copies what it holds. */
  expect(size: number): this {
    const needed = this.length + size;
    if (needed > LONG_BYTES && needed > this.buffer.length) this.grow(needed);
    return this;
  }

  /** What was written, the caller's to keep; the writer can be used again from the start. */
  take(): Buffer {
    const written = this.buffer.subarray(0, this.length);
    if (this.buffer !== this.scratch) {
      this.restart();
      return written;
    }
    const taken = Buffer.allocUnsafeSlow(this.length);
    written.copy(taken);
    this.length = 0;
    return taken;
  }

  /** As `take`, as a byte string. */
  takeText(): string {
    const taken = this.buffer.latin1Slice(0, this.length);
    this.restart();
    return taken;
  }

  private reserve(size: number): void {
    if (this.length + size <= this.buffer.length) return;
    const needed = this.length + size;
    this.grow(needed > LONG_BYTES ? needed + (needed >>> 2) : Math.max(this.buffer.length * 2, needed));
  }

  private grow(capacity: number): void {
    const grown = Buffer.allocUnsafeSlow(capacity);
    this.buffer.copy(grown, 0, 0, this.length);
    this.buffer = grown;
    if (capacity <= LONG_BYTES) this.scratch = grown;
  }
}

/** The UTF-8 of a text, as a byte string. Half a surrogate pair becomes U+FFFD. */
export function byteString(text: string): string {
  return Buffer.from(text, 'utf8').latin1Slice();
}

/** Bytes that do not decode: a corrupt row or entry, or one of a newer format. */
export class DecodeError extends Error {
  override readonly name = 'DecodeError';
}

/** Reads what a ByteWriter wrote. Every method throws DecodeError past the end. */
export class ByteReader {
  private offset = 0;
  private readonly buffer: Buffer;

  /** @param bytes bytes, or a byte string */
  constructor(bytes: Uint8Array | string) {
    if (typeof bytes === 'string') this.buffer = Buffer.from(bytes, 'latin1');
    else this.buffer = Buffer.isBuffer(bytes) ? bytes : Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  }

  get atEnd(): boolean {
    return this.offset === this.buffer.length;
  }

  u8(): number {
    return this.buffer[this.advance(1)] ?? 0;
  }

  varint(): number {
    let value = 0;
    for (let shift = 0; shift < 56; shift += 7) {
      const byte = this.u8();
      value += (byte & 0x7f) * 2 ** shift;
      if (byte < 0x80 && Number.isSafeInteger(value)) return value;
    }
    throw new DecodeError('a number is above 2^53');
  }

  u48(): number {
    return this.buffer.readUIntBE(this.advance(6), 6);
  }

  u64(): bigint {
    return this.buffer.readBigUInt64BE(this.advance(8));
  }

  /** A byte string; always a flat one, so that keeping it keeps nothing else alive. */
  bytes(): string {
    const size = this.varint();
    const start = this.advance(size);
    return this.buffer.latin1Slice(start, start + size);
  }

  /** Text that was written as UTF-8; what is none reads as U+FFFD. */
  text(): string {
    const size = this.varint();
    const start = this.advance(size);
    return this.buffer.toString('utf8', start, start + size);
  }

  texts(): string[] {
    const values: string[] = [];
    for (let left = this.varint(); left > 0; left--) values.push(this.text());
    return values;
  }

  /** Without zero padding. */
  id(): string {
    return this.u64().toString(16);
  }

  optionalU48(): number | undefined {
    return this.u8() === 0 ? undefined : this.u48();
  }

  private advance(size: number): number {
    const start = this.offset;
    if (start + size > this.buffer.length) {
      throw new DecodeError(`${size} bytes expected at offset ${start}, ${this.buffer.length - start} are left`);
    }
    this.offset = start + size;
    return start;
  }
}
