/** Writes log files as the engine does: see src/storage/logFormat.ts and src/storage/writeAheadLog.ts. */
import { crc32c, maskCrc32c } from '../../../src/storage/crc32c';
import type { KvOperation } from '../../../src/storage/kv';
import type { LogBytes } from '../../../src/storage/logFormat';
import { bytesOf } from '../../../src/storage/sortedBytes';

const BLOCK_BYTES = 32 * 1024;
const HEADER_BYTES = 7;
const BATCH_HEADER_BYTES = 12;
const [FULL, FIRST, MIDDLE, LAST] = [1, 2, 3, 4];
const [DELETION, PUT] = [0, 1];

/** The bytes of a log file. */
export class LogFileBytes {
  private readonly parts: Buffer[] = [];
  private written = 0;

  get length(): number {
    return this.written;
  }

  get bytes(): Buffer {
    return Buffer.concat(this.parts);
  }

  add(payload: Buffer): this {
    for (let at = 0; at < payload.length;) {
      const left = BLOCK_BYTES - (this.written % BLOCK_BYTES);
      if (left < HEADER_BYTES) {
        this.push(Buffer.alloc(left));
        continue;
      }
      const end = Math.min(payload.length, at + left - HEADER_BYTES);
      const isLast = end === payload.length;
      this.push(record(at === 0 ? (isLast ? FULL : FIRST) : isLast ? LAST : MIDDLE, payload.subarray(at, end)));
      at = end;
    }
    return this;
  }

  private push(part: Buffer): void {
    this.parts.push(part);
    this.written += part.length;
  }
}

/** What reads files can read this as well. */
export function readable(bytes: Buffer): LogBytes {
  return { size: bytes.length, read: (offset, count) => bytes.subarray(offset, offset + count) };
}

/** @param sequence of the first operation */
export function batchPayload(sequence: number, operations: readonly KvOperation[]): Buffer {
  const header = Buffer.alloc(BATCH_HEADER_BYTES);
  header.writeBigUInt64LE(BigInt(sequence), 0);
  header.writeUInt32LE(operations.length, 8);
  const parts: Uint8Array[] = [header];
  for (const operation of operations) {
    parts.push(Buffer.from([operation.type === 'put' ? PUT : DELETION]), ...sized(bytesOf(operation.key)));
    if (operation.type === 'put') parts.push(...sized(bytesOf(operation.value)));
  }
  return Buffer.concat(parts);
}

function sized(bytes: Uint8Array): readonly Uint8Array[] {
  const length: number[] = [];
  let left = bytes.length;
  for (; left >= 0x80; left >>>= 7) length.push((left & 0x7f) | 0x80);
  return [Buffer.from([...length, left]), bytes];
}

function record(type: number, bytes: Buffer): Buffer {
  const made = Buffer.alloc(HEADER_BYTES + bytes.length);
  made.writeUInt16LE(bytes.length, 4);
  made.writeUInt8(type, 6);
  bytes.copy(made, HEADER_BYTES);
  made.writeUInt32LE(maskCrc32c(crc32c(made, 6)), 0);
  return made;
}
