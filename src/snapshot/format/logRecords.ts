/**
 * How a log for backups is laid out, as it comes from a member and as it is on the disk. It begins with LOG_MAGIC and the version of the
 * format (2 bytes); then come records: the length of the body (4), the kind (1), a checksum of these two (4), a checksum of the body (4),
 * the body. Checksums are CRC-32, numbers are big-endian.
 *
 * | kind | body                                                              | how many                              |
 * | ---- | ----------------------------------------------------------------- | ------------------------------------- |
 * | 1    | the header: JSON, what log it is and after which entry it begins   | one, the first                        |
 * | 2    | an entry as it is stored (storage/entryCodec.ts), with its index   | any number, each one index further    |
 * | 3    | a mark: JSON, how far the cluster was at which time                | any number                            |
 *
 * There is no end: a log ends where nobody wrote on. That the head has a checksum of its own tells a record that was not written to its
 * end, whose length can be believed, from one whose length was damaged.
 */
import { crc32 } from 'node:zlib';
import { FRAME_BYTES_MAX } from '../../platform/sizes';

export const LOG_MAGIC: Uint8Array = Buffer.from('\x89CAIRNLOG\r\n\x1a\n', 'latin1');
export const LOG_VERSION = 1;
export const LOG_PREAMBLE_BYTES = LOG_MAGIC.length + 2;

export const LogRecordKind = { header: 1, entry: 2, mark: 3 } as const;
export type LogRecordKind = (typeof LogRecordKind)[keyof typeof LogRecordKind];

export const LOG_HEAD_BYTES = 13;
const KIND_AT = 4;
const HEAD_CHECKSUM_AT = 5;
const BODY_CHECKSUM_AT = 9;

/** The longest bodies. */
export const LOG_BODY_BYTES_MAX: Readonly<Record<LogRecordKind, number>> = {
  [LogRecordKind.header]: 4096,
  [LogRecordKind.entry]: FRAME_BYTES_MAX,
  [LogRecordKind.mark]: 4096,
};

export function logPreamble(): Buffer {
  const version = Buffer.alloc(2);
  version.writeUInt16BE(LOG_VERSION);
  return Buffer.concat([LOG_MAGIC, version]);
}

/** What comes before a body. Throws RangeError if the body is too long for its kind. */
export function logRecordHead(kind: LogRecordKind, body: Uint8Array): Buffer {
  const max = LOG_BODY_BYTES_MAX[kind];
  if (body.length > max) throw new RangeError(`a record of ${body.length} bytes is over the limit of ${max}`);
  const head = Buffer.alloc(LOG_HEAD_BYTES);
  head.writeUInt32BE(body.length);
  head[KIND_AT] = kind;
  head.writeUInt32BE(crc32(head.subarray(0, HEAD_CHECKSUM_AT)), HEAD_CHECKSUM_AT);
  head.writeUInt32BE(crc32(body), BODY_CHECKSUM_AT);
  return head;
}

export interface LogRecordHead {
  readonly kind: number;
  readonly bodyBytes: number;
  readonly bodyChecksum: number;
  /** Whether length and kind are as they were written. */
  readonly isSound: boolean;
}

export function readLogRecordHead(head: Buffer): LogRecordHead {
  return {
    bodyBytes: head.readUInt32BE(0),
    kind: head[KIND_AT] ?? 0,
    bodyChecksum: head.readUInt32BE(BODY_CHECKSUM_AT),
    isSound: head.readUInt32BE(HEAD_CHECKSUM_AT) === crc32(head.subarray(0, HEAD_CHECKSUM_AT)),
  };
}

export function isLogRecordKind(kind: number): kind is LogRecordKind {
  return kind === LogRecordKind.header || kind === LogRecordKind.entry || kind === LogRecordKind.mark;
}
