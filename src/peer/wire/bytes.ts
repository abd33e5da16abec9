/** How numbers, ids and byte strings lie in a frame: a growing writer and a checking reader. Integers are big-endian. */

/** Why bytes from another member were not accepted. */
export type WireErrorKind = 'tooLong' | 'checksum' | 'version' | 'malformed';

/** Bytes that are not what the protocol says; the connection they came on is of no further use. */
export class WireError extends Error {
  override readonly name = 'WireError';

  constructor(
    readonly kind: WireErrorKind,
    message: string,
  ) {
    super(message);
  }
}

const SCRATCH_BYTES = 64 * 1024;
const VARINT_BYTES_MAX = 8;
const LOW_BITS = 2 ** 28;

/** Appends to one growing buffer. */
export class WireWriter {
  private scratch = Buffer.allocUnsafeSlow(SCRATCH_BYTES);
  private buffer = this.scratch;
  private end = 0;

  get length(): number {
    return this.end;
  }

  u8(value: number): this {
    this.reserve(1);
    this.buffer[this.end++] = value;
    return this;
  }

  u32(value: number): this {
    this.reserve(4);
    this.end = this.buffer.writeUInt32BE(value, this.end);
    return this;
  }

  f64(value: number): this {
    this.reserve(8);
    this.end = this.buffer.writeDoubleBE(value, this.end);
    return this;
  }

  /** A safe integer of 0 or more in 1 to 8 bytes, low bits first. Throws RangeError for any other number. */
  varint(value: number): this {
    if (!Number.isSafeInteger(value) || value < 0) throw new RangeError(`${value} is not a number of the wire format`);
    this.reserve(VARINT_BYTES_MAX);
    let rest = value;
    while (rest >= LOW_BITS) {
      this.buffer[this.end++] = (rest % 128) | 0x80;
      rest = Math.floor(rest / 128);
    }
    while (rest > 0x7f) {
      this.buffer[this.end++] = (rest & 0x7f) | 0x80;
      rest >>>= 7;
    }
    this.buffer[this.end++] = rest;
    return this;
  }

  /** A member id: hexadecimal in, eight bytes out. Throws RangeError if it is no 64-bit number. */
  id(id: string): this {
    this.reserve(8);
    this.end = this.buffer.writeBigUInt64BE(BigInt(`0x${id}`), this.end);
    return this;
  }

  /** Bytes with their length. */
  bytes(value: Uint8Array): this {
    return this.varint(value.length).raw(value);
  }

  /** UTF-8 with its length in bytes. */
  text(value: string): this {
    return this.bytes(Buffer.from(value, 'utf8'));
  }

  raw(value: Uint8Array): this {
    this.reserve(value.length);
    this.buffer.set(value, this.end);
    this.end += value.length;
    return this;
  }

  /** Overwrites four bytes that were written before. */
  patchU32(offset: number, value: number): void {
    this.buffer.writeUInt32BE(value, offset);
  }

  /** What was written from `offset` on, as a view that the next write may invalidate. */
  viewFrom(offset: number): Buffer {
    return this.buffer.subarray(offset, this.end);
  }

  /** Forgets what was written from `offset` on. */
  truncate(offset: number): void {
    this.end = offset;
  }

  /** What was written, the caller's to keep; the writer is empty again. */
  take(): Buffer {
    const written = this.buffer.subarray(0, this.end);
    const taken = this.buffer === this.scratch ? Buffer.from(written) : written;
    this.buffer = this.scratch;
    this.end = 0;
    return taken;
  }

  private reserve(size: number): void {
    const needed = this.end + size;
    if (needed <= this.buffer.length) return;
    const grown = Buffer.allocUnsafeSlow(Math.max(this.buffer.length * 2, needed));
    this.buffer.copy(grown, 0, 0, this.end);
    this.buffer = grown;
  }
}

/** Reads what a WireWriter wrote. Every method throws WireError past the end; byte strings are views, never copies. */
export class WireReader {
  private offset = 0;

  constructor(private readonly buffer: Buffer) {}

  get left(): number {
    return this.buffer.length - this.offset;
  }

  u8(): number {
    return this.buffer[this.advance(1)] ?? 0;
  }

  u32(): number {
    return this.buffer.readUInt32BE(this.advance(4));
  }

  f64(): number {
    return this.buffer.readDoubleBE(this.advance(8));
  }

  varint(): number {
    let value = 0;
    let scale = 1;
    for (let count = 0; count < VARINT_BYTES_MAX; count += 1) {
      const byte = this.u8();
      value += (byte & 0x7f) * scale;
      if (byte < 0x80) return checked(value);
      scale *= 128;
    }
    throw new WireError('malformed', `a number is longer than ${VARINT_BYTES_MAX} bytes`);
  }

  /** How many things of at least `bytesEach` bytes follow; never more than there can be. */
  count(bytesEach: number): number {
    const count = this.varint();
    if (count * bytesEach > this.left) throw new WireError('malformed', `${count} items in ${this.left} bytes`);
    return count;
  }

  id(): string {
    return this.buffer.readBigUInt64BE(this.advance(8)).toString(16);
  }

  bytes(): Buffer {
    const size = this.varint();
    const start = this.advance(size);
    return this.buffer.subarray(start, start + size);
  }

  text(): string {
    return this.bytes().toString('utf8');
  }

  /** Nothing may follow. */
  finish(): void {
    if (this.left > 0) throw new WireError('malformed', `${this.left} bytes follow the end`);
  }

  private advance(size: number): number {
    const start = this.offset;
    if (size > this.left) throw new WireError('malformed', `${size} bytes expected, ${this.left} are left`);
    this.offset = start + size;
    return start;
  }
}

function checked(value: number): number {
  if (Number.isSafeInteger(value)) return value;
  throw new WireError('malformed', 'a number is above 2^53');
}
