import { crc32 } from 'node:zlib';
import { ByteWriter } from '../../bytes/byteWriter';

const SCRATCH_BYTES = 64 * 1024;
/** Byte strings from this length on are not copied by a writer that may keep them. */
export const LONG_BYTES = 64 * 1024;

/** Long bytes that were handed over, and where they belong among those of the writer. */
interface KeptBytes {
  readonly at: number;
  readonly bytes: Uint8Array;
}

/** Writes frames one behind the other: what they need beside a ByteWriter. */
export class WireWriter extends ByteWriter {
  private kept: KeptBytes[] = [];
  private keptBytes = 0;

  /** @param keepsLong `raw` keeps long bytes, which must not change any more, instead of copying them; for `takePieces` */
  constructor(private readonly keepsLong = false) {
    super(SCRATCH_BYTES, SCRATCH_BYTES);
  }

  override get length(): number {
    return this.end + this.keptBytes;
  }

  override raw(value: Uint8Array): this {
    if (!this.keepsLong || value.length < LONG_BYTES) return super.raw(value);
    this.kept.push({ at: this.end, bytes: value });
    this.keptBytes += value.length;
    return this;
  }

  /** A frame is soon gone, so it may share its memory with others: that is faster. */
  protected override copyOf(written: Buffer): Buffer {
    return Buffer.from(written);
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
    this.restart();
    this.truncate(0);
    return pieces;
  }
}
