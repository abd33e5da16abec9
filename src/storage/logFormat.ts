/**
 * The format that RocksDB's write-ahead logs and its manifest share, which is LevelDB's: blocks of 32 KiB; a record never
 * crosses a block; its header is masked CRC-32C of type and payload (4), length (2) and type (1), little-endian; what does
 * not fit in one record is in several, of types first, middle..., last.
 */
import { crc32c, maskCrc32c } from './crc32c';

const BLOCK_BYTES = 32 * 1024;
const HEADER_BYTES = 7;

const ZERO = 0;
const FULL = 1;
const FIRST = 2;
const MIDDLE = 3;
const LAST = 4;

/** A whole payload in the pieces it is stored in, or a place in the file that cannot be read. */
export type LogItem =
  | { readonly kind: 'payload'; readonly pieces: readonly [Buffer, ...Buffer[]] }
  | { readonly kind: 'damage'; readonly at: number };

interface LogRecord {
  readonly at: number;
  readonly type: number;
  readonly payload: Buffer | undefined;
}

/** What a log file holds, in order. A payload that was begun and never finished is left out: the writer died. */
export function* itemsOfLog(bytes: Buffer): Generator<LogItem> {
  let begun: [Buffer, ...Buffer[]] | undefined;
  for (const { at, type, payload } of recordsOf(bytes)) {
    if (payload === undefined) {
      begun = undefined;
      yield { kind: 'damage', at };
    } else if (type === FULL) {
      begun = undefined;
      yield { kind: 'payload', pieces: [payload] };
    } else if (type === FIRST) begun = [payload];
    else if (begun !== undefined && (type === MIDDLE || type === LAST)) {
      begun.push(payload);
      if (type === MIDDLE) continue;
      yield { kind: 'payload', pieces: begun };
      begun = undefined;
    } else yield { kind: 'damage', at };
  }
}

function* recordsOf(bytes: Buffer): Generator<LogRecord> {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  let at = 0;
  while (at + HEADER_BYTES <= bytes.length) {
    const leftInBlock = BLOCK_BYTES - (at % BLOCK_BYTES);
    const length = leftInBlock < HEADER_BYTES ? 0 : view.getUint16(at + 4, true);
    const type = leftInBlock < HEADER_BYTES ? ZERO : view.getUint8(at + 6);
    const end = at + HEADER_BYTES + length;
    if (type === ZERO && length === 0) {
      // The padding at the end of a block, or space that was allocated ahead of the writes.
      at += leftInBlock;
    } else if (HEADER_BYTES + length > leftInBlock || end > bytes.length) {
      yield { at, type, payload: undefined };
      at += leftInBlock;
    } else {
      const intact = view.getUint32(at, true) === maskCrc32c(crc32c(bytes, at + 6, end));
      yield { at, type, payload: intact ? bytes.subarray(at + HEADER_BYTES, end) : undefined };
      at = end;
    }
  }
}
