/**
 * A row's value as it is stored: checksum (4) of key and value, then the value. The engine's iterators do not verify the
 * checksums of its own blocks, so without this a flipped bit in a table file would become state.
 */
import { crc32 } from 'node:zlib';
import { corrupt } from './errors';

const CHECKSUM_BYTES = 4;

/** `key` is the whole stored key as text. */
export function encodeRowValue(key: string, value: Uint8Array): Buffer {
  const bytes = Buffer.allocUnsafe(CHECKSUM_BYTES + value.length);
  bytes.set(value, CHECKSUM_BYTES);
  bytes.writeUInt32BE(crc32(value, crc32(key)), 0);
  return bytes;
}

/** The value, as a view. Throws StorageError of kind corrupt. */
export function decodeRowValue(key: string, bytes: Uint8Array): Uint8Array {
  const value = bytes.subarray(CHECKSUM_BYTES);
  const stored = (((bytes[0] ?? 0) << 24) | ((bytes[1] ?? 0) << 16) | ((bytes[2] ?? 0) << 8) | (bytes[3] ?? 0)) >>> 0;
  if (bytes.length < CHECKSUM_BYTES || crc32(value, crc32(key)) !== stored) throw corrupt('a row has a wrong checksum');
  return value;
}
