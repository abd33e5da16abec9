/** What storage says of bytes that it cannot read. */
import { ByteReader } from '../bytes/byteReader';
import { corrupt } from './errors';

/**
 * Throws StorageError of kind corrupt.
 * @param what the name of the thing that is read
 */
export function readerOf(bytes: Uint8Array, what: string): ByteReader {
  const buffer = Buffer.isBuffer(bytes) ? bytes : Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  return new ByteReader(buffer, (how) => corrupt(`${what} ${how}`));
}
