/**
 * The format that RocksDB's write-ahead logs and its manifest share, which is LevelDB's: blocks of 32 KiB; a record never
 * crosses a block; its header is masked CRC-32C of type and payload (4), length (2) and type (1), little-endian; what does
 * not fit in one record is in several, of types first, middle..., last.
 */
import { crc32c, maskCrc32c } from './crc32c';

const BLOCK_BYTES = 32 * 1024;
const HEADER_BYTES = 7;
/** What a disk writes in one piece, or not at all. */
const SECTOR_BYTES = 512;
/** As many bytes of a record, which begins with its checksum, stand elsewhere by chance once in 16 million times. */
const REPEATED_BYTES_MIN = 3;

const ZERO = 0;
const FULL = 1;
const FIRST = 2;
const MIDDLE = 3;
const LAST = 4;

/**
 * How something came to be unreadable, as far as its bytes tell:
 * - `torn`: it looks as a power cut leaves a write that was under way (it ends with the file, or sectors of it are zeros), or as
 *   a full disk leaves one (it begins a second time).
 * - `broken`: it is all there and is not what was written. Neither does that.
 */
export type DamageShape = 'torn' | 'broken';

export interface Damage {
  /** The byte of the file at which the first payload begins that cannot be read; all before it is well. */
  readonly at: number;
  readonly shape: DamageShape;
}

/** A log file as it is read: FileWindow is one. */
export interface LogBytes {
  /** In bytes. */
  readonly size: number;
  /** The bytes [offset, offset + count), good until the next call. */
  read(offset: number, count: number): Buffer;
}

/** Told what a log file holds, in order. */
export interface LogListener {
  /** A whole payload in the pieces it is stored in, which are good until it returns. It begins at the byte `at` of the file. */
  readonly onPayload: (pieces: readonly Buffer[], at: number) => void;
  readonly onDamage: (damage: Damage) => void;
}

/** Reads a log file from its beginning to its end. Throws what the listener throws, and as `read` of the file does. */
export function readLog(file: LogBytes, listener: LogListener): void {
  const payloads = new Payloads(listener);
  for (let at = 0; at < file.size; at += BLOCK_BYTES) {
    const block = file.read(at, Math.min(BLOCK_BYTES, file.size - at));
    readBlock(block, at, at + block.length === file.size, payloads);
  }
  payloads.end();
}

/** @param start of the block in the file */
function readBlock(block: Buffer, start: number, isLast: boolean, payloads: Payloads): void {
  let at = 0;
  while (at + HEADER_BYTES <= block.length) {
    const length = block.readUInt16LE(at + 4);
    const type = block.readUInt8(at + 6);
    const end = at + HEADER_BYTES + length;
    if (type === ZERO && length === 0) {
      // Space that was allocated ahead of the writes, if nothing follows.
      payloads.zeros(start + at);
      if (!isZeros(block, at, block.length)) payloads.damage(start + at, 'torn');
      return;
    }
    if (end > block.length) {
      const isTorn = isLast || hasZeroSector(block, start, at, block.length);
      payloads.damage(start + at, isTorn ? 'torn' : 'broken');
      return;
    }
    if (block.readUInt32LE(at) !== maskCrc32c(crc32c(block, at + 6, end))) {
      const isTorn = hasZeroSector(block, start, at, end) || (isLast && beginsTwice(block, start, at, end));
      payloads.damage(start + at, isTorn ? 'torn' : 'broken');
    } else payloads.record(type, block.subarray(at + HEADER_BYTES, end), start + at);
    at = end;
  }
  // The file ends within a header; a whole block ends with zeros that are too few for one.
  if (block.length < BLOCK_BYTES && !isZeros(block, at, block.length)) payloads.damage(start + at, 'torn');
}

/** Whether what lies in one of the disk's sectors, between two bytes of the block, is zeros. */
function hasZeroSector(block: Buffer, start: number, from: number, to: number): boolean {
  for (let at = from; at < to;) {
    const next = Math.min(to, at + SECTOR_BYTES - ((start + at) % SECTOR_BYTES));
    if (isZeros(block, at, next)) return true;
    at = next;
  }
  return false;
}

/**
 * Whether a record is what a disk leaves that was full in the middle of it. The engine appends what it has in its buffer; when
 * that fails it keeps the buffer, and appends all of it once more when it closes the file, behind the part of it for which there
 * was room. Then it cuts the file to the length that it believes in, which is where the record should have ended. So from a
 * border of the disk's blocks on, the record begins again from its header. That no acknowledged record does: it would have to
 * hold its own checksum in just this place.
 */
function beginsTwice(block: Buffer, start: number, from: number, to: number): boolean {
  if (to !== block.length) return false;
  const firstBorder = SECTOR_BYTES - ((start + from) % SECTOR_BYTES);
  for (let at = from + firstBorder; at < to; at += SECTOR_BYTES) {
    // What the second beginning holds beyond the length of the first part cannot be compared with anything.
    const count = Math.min(at - from, to - at);
    if (count >= REPEATED_BYTES_MIN && block.compare(block, from, from + count, at, at + count) === 0) return true;
  }
  return false;
}

function isZeros(bytes: Buffer, from: number, to: number): boolean {
  for (let at = from; at < to; at += 1) if (bytes[at] !== 0) return false;
  return true;
}

/** Puts records together. */
class Payloads {
  private begun: Buffer[] = [];
  private begunAt = 0;
  private zerosAt: number | undefined;

  constructor(private readonly listener: LogListener) {}

  zeros(at: number): void {
    this.zerosAt ??= at;
  }

  damage(at: number, shape: DamageShape): void {
    this.listener.onDamage({ at: this.begun.length > 0 ? this.begunAt : at, shape });
    this.begun = [];
    this.zerosAt = undefined;
  }

  record(type: number, piece: Buffer, at: number): void {
    // What lies between here and there was lost.
    if (this.zerosAt !== undefined) this.damage(this.zerosAt, 'torn');
    const isContinued = type === MIDDLE || type === LAST;
    if (isContinued !== this.begun.length > 0) this.damage(at, 'broken');
    if (type === FULL) this.listener.onPayload([piece], at);
    else if (type === FIRST) {
      // A copy, because what follows is in another block.
      this.begun = [Buffer.from(piece)];
      this.begunAt = at;
    } else if (type === MIDDLE) this.continued(piece);
    else if (type === LAST) this.finished(piece);
    else this.damage(at, 'broken');
  }

  /** The file ends here. */
  end(): void {
    if (this.begun.length > 0) this.damage(this.begunAt, 'torn');
  }

  private continued(piece: Buffer): void {
    if (this.begun.length > 0) this.begun.push(Buffer.from(piece));
  }

  private finished(piece: Buffer): void {
    if (this.begun.length === 0) return;
    const pieces = [...this.begun, piece];
    this.begun = [];
    this.listener.onPayload(pieces, this.begunAt);
  }
}
