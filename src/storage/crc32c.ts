/** CRC-32C (Castagnoli), the checksum RocksDB uses in its files. */
import { crc32c as checksumOf } from '@node-rs/crc32';

/** The checksum of `bytes[from, to)`, unsigned. */
export function crc32c(bytes: Uint8Array, from = 0, to = bytes.length): number {
  return checksumOf(new Uint8Array(bytes.buffer, bytes.byteOffset + from, to - from));
}

/** RocksDB stores checksums rotated and shifted, so that a checksum of bytes that hold checksums is not degenerate. */
export function maskCrc32c(crc: number): number {
  return (((crc >>> 15) | (crc << 17)) + 0xa282ead8) >>> 0;
}
