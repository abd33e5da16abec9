/**
 * The format that RocksDB's write-ahead logs and its manifest share, which is LevelDB's: blocks of 32 KiB; a record never
 * crosses a block; its header is masked CRC-32C of type and payload (4), length (2) and type (1), little-endian; what does
 * not fit in one record is in several, of types first, middle..., last.
 */
import { crc32c, maskCrc32c } from './crc32c';
import type { FileWindow } from './fileWindow';

const BLOCK_BYTES = 32 * 1024;
const HEADER_BYTES = 7;

const ZERO = 0;
const FULL = 1;
const FIRST = 2;
const MIDDLE = 3;
const LAST = 4;

/** Told what a log file holds, in order. A payload that was begun and never finished is left out: the writer died. */
export interface LogListener {
  /** A whole payload in the pieces it is stored in, which are good until it returns. */
  readonly onPayload: (pieces: readonly Buffer[]) => void;
  /** At this byte of the file something cannot be read. */
  readonly onDamage: (at: number) => void;
}

/** Reads a log file from its beginning to its end. Throws what the listener throws, and as `FileWindow.read` does. */
export function readLog(file: FileWindow, listener: LogListener): void {
  const payloads = new Payloads(listener);
  for (let at = 0; at < file.size; at += BLOCK_BYTES) {
    readBlock(file.read(at, Math.min(BLOCK_BYTES, file.size - at)), at, payloads);
  }
}

/** @param start of the block in the file */
function readBlock(block: Buffer, start: number, payloads: Payloads): void {
  let at = 0;
  while (at + HEADER_BYTES <= block.length) {
    const length = block.readUInt16LE(at + 4);
    const type = block.readUInt8(at + 6);
    const end = at + HEADER_BYTES + length;
    // The padding at the end of a block, or space that was allocated ahead of the writes.
    if (type === ZERO && length === 0) return;
    if (end > block.length) {
      payloads.damage(start + at);
      return;
    }
    if (block.readUInt32LE(at) !== maskCrc32c(crc32c(block, at + 6, end))) payloads.damage(start + at);
    else payloads.record(type, block.subarray(at + HEADER_BYTES, end), start + at);
    at = end;
  }
}

/** Puts records together. */
class Payloads {
  private begun: Buffer[] = [];

  constructor(private readonly listener: LogListener) {}

  damage(at: number): void {
    this.begun = [];
    this.listener.onDamage(at);
  }

  record(type: number, piece: Buffer, at: number): void {
    if (type === FULL) {
      this.begun = [];
      this.listener.onPayload([piece]);
    } else if (type === FIRST) {
      // A copy, because what follows is in another block.
      this.begun = [Buffer.from(piece)];
    } else if (this.begun.length > 0 && type === MIDDLE) {
      this.begun.push(Buffer.from(piece));
    } else if (this.begun.length > 0 && type === LAST) {
      this.listener.onPayload([...this.begun, piece]);
      this.begun = [];
    } else this.listener.onDamage(at);
  }
}
