/** How numbers, ids and byte strings lie in a frame: a growing writer and a checking reader. Integers are big-endian. */
import { crc32 } from 'node:zlib';

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
/** Byte strings from this length on are not copied by a writer that may keep them. */
export const LONG_BYTES = 64 * 1024;
const VARINT_BYTES_MAX = 8;
const LOW_BITS = 2 ** 28;

/** Long bytes that were handed over, and where they belong among those of the writer. */
interface KeptBytes {
  readonly at: number;
  readonly bytes: Uint8Array;
}

/** Appends to one growing buffer. */
export class WireWriter {
  private scratch = Buffer.allocUnsafeSlow(SCRATCH_BYTES);
  private buffer = this.scratch;
  private end = 0;
  private kept: KeptBytes[] = [];
  private keptBytes = 0;

  /** @param keepsLong `raw` keeps long bytes, which must not change any more, instead of copying them; for `takePieces` */
  constructor(private readonly keepsLong = false) {}

  get length(): number {
    return this.end + this.keptBytes;
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
    if (this.keepsLong && value.length >= LONG_BYTES) {
      this.kept.push({ at: this.end, bytes: value });
      this.keptBytes += value.length;
      return this;
    }
    this.reserve(value.length);
    this.buffer.set(value, this.end);
    this.end += value.length;
    return this;
  }

  /** Overwrites four bytes that were written before. */
  patchU32(offset: number, value: number): void {
    this.buffer.writeUInt32BE(value, offset);
  }

  /** The CRC-32 of what was written from `offset` on; nothing before it may have been kept. */
  checksumFrom(offset: number): number {
    let checksum = 0;
    let from = offset;
    for (const { at, bytes } of this.kept) {
      checksum = crc32(bytes, crc32(this.buffer.subarray(from, at), checksum));
      from = at;
    }
    return crc32(this.buffer.subarray(from, this.end), checksum);
  }

  /** Forgets what was written from `offset` on; nothing before it may have been kept. */
  truncate(offset: number): void {
    this.end = offset;
    this.kept = [];
    this.keptBytes = 0;
  }

  /** What was written, in order, in pieces: those that were kept, and copies of what is between them. The writer is empty again. */
  takePieces(): Uint8Array[] {
    const pieces: Uint8Array[] = [];
    let from = 0;
    const addOwn = (to: number): void => {
      if (to > from) pieces.push(Buffer.from(this.buffer.subarray(from, to)));
      from = to;
    };
    for (const { at, bytes } of this.kept) {
      addOwn(at);
      pieces.push(bytes);
    }
    addOwn(this.end);
    this.buffer = this.scratch;
    this.truncate(0);
    return pieces;
  }

  /** What was written, the caller's to keep; nothing may have been kept. The writer is empty again. */
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
