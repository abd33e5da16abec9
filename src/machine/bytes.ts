/** What the state machine says of bytes that it cannot read. */
import { ByteReader } from '../bytes/byteReader';

/** Bytes that do not decode: a corrupt row or entry, or one of a newer format. */
export class DecodeError extends Error {
  override readonly name = 'DecodeError';
}

/**
 * For the bytes of an entry, or the byte string of a row; throws DecodeError.
 * @param bytes bytes, or a byte string
 */
export function readerOf(bytes: Uint8Array | string): ByteReader {
  return new ByteReader(bufferOf(bytes), (what) => new DecodeError(`an entry or row ${what}`));
}

function bufferOf(bytes: Uint8Array | string): Buffer {
  if (typeof bytes === 'string') return Buffer.from(bytes, 'latin1');
  return Buffer.isBuffer(bytes) ? bytes : Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}
