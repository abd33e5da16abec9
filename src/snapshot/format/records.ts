/**
 * How the file of a snapshot is laid out. It begins with MAGIC and the version of the format (2 bytes); then come records: the length of
 * the body (4), the kind (1), a checksum (4: CRC-32 of length, kind and body), the body. All numbers are big-endian.
 *
 * | kind | body                                                     | how many                  |
 * | ---- | -------------------------------------------------------- | ------------------------- |
 * | 1    | the header (fileHeader.ts)                               | one, the first            |
 * | 2    | a part of the state, as followers get it (storage/stateChunk.ts) | any number        |
 * | 3    | the totals (fileHeader.ts): what is before, and its SHA-256 | one, the last; nothing follows |
 *
 * A checksum names the place of what was damaged; the SHA-256 of everything before the totals finds what no checksum of a part does:
 * parts that were left out, doubled or moved.
 */
import { crc32 } from 'node:zlib';
import { FRAME_BYTES_MAX } from '../../platform/sizes';

/** A byte no text begins with, and the ends of lines and of texts that careless copying changes. */
export const MAGIC: Uint8Array = Buffer.from('\x89CAIRNSNAP\r\n\x1a\n', 'latin1');
export const FILE_VERSION = 1;
export const PREAMBLE_BYTES = MAGIC.length + 2;

export const RecordKind = { header: 1, chunk: 2, totals: 3 } as const;
export type RecordKind = (typeof RecordKind)[keyof typeof RecordKind];

export const RECORD_HEAD_BYTES = 9;
const KIND_AT = 4;
const CHECKSUM_AT = 5;

/** The longest bodies. A part of the state is no longer than what a follower would take. */
export const BODY_BYTES_MAX: Readonly<Record<RecordKind, number>> = {
  [RecordKind.header]: 1024 * 1024,
  [RecordKind.chunk]: FRAME_BYTES_MAX,
  [RecordKind.totals]: 4096,
};

export function preamble(): Buffer {
  const version = Buffer.alloc(2);
  version.writeUInt16BE(FILE_VERSION);
  return Buffer.concat([MAGIC, version]);
}

/** What comes before a body. Throws RangeError if the body is too long for its kind. */
export function recordHead(kind: RecordKind, body: Uint8Array): Buffer {
  const max = BODY_BYTES_MAX[kind];
  if (body.length > max) throw new RangeError(`a record of ${body.length} bytes is over the limit of ${max}`);
  const head = Buffer.alloc(RECORD_HEAD_BYTES);
  head.writeUInt32BE(body.length);
  head[KIND_AT] = kind;
  head.writeUInt32BE(recordChecksum(head, body), CHECKSUM_AT);
  return head;
}

/** As it has to be in the head of this very record. */
export function recordChecksum(head: Uint8Array, body: Uint8Array): number {
  return crc32(body, crc32(head.subarray(0, CHECKSUM_AT)));
}

export interface RecordHead {
  readonly kind: number;
  readonly bodyBytes: number;
  readonly checksum: number;
}

export function readRecordHead(head: Buffer): RecordHead {
  return { bodyBytes: head.readUInt32BE(0), kind: head[KIND_AT] ?? 0, checksum: head.readUInt32BE(CHECKSUM_AT) };
}

export function isRecordKind(kind: number): kind is RecordKind {
  return kind === RecordKind.header || kind === RecordKind.chunk || kind === RecordKind.totals;
}
