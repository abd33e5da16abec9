/** The envelope of every record that is not a row: checksum (4), version (1), kind (1), body. */
import { crc32 } from 'node:zlib';
import { corrupt, StorageError } from './errors';

const VERSION = 1;
const VERSION_AT = 4;
const KIND_AT = 5;

/** How many bytes the envelope puts before the body. */
export const SEAL_BYTES = 6;

/**
 * Fills the envelope of `bytes`, whose body begins at SEAL_BYTES. `kind` (a character) is part of what is checked, so that
 * a record found in another's place is refused.
 * @param rest what will be stored behind `bytes`, as the end of the same record
 */
export function seal(kind: string, bytes: Buffer, rest?: Uint8Array): Buffer {
  bytes[VERSION_AT] = VERSION;
  bytes[KIND_AT] = kind.charCodeAt(0);
  const checksum = crc32(bytes.subarray(VERSION_AT));
  bytes.writeUInt32BE(rest === undefined ? checksum : crc32(rest, checksum), 0);
  return bytes;
}

/** The body, as a view. Throws StorageError of kind corrupt, or of kind format if a newer program wrote it. */
export function unseal(kind: string, bytes: Uint8Array, what: string): Uint8Array {
  checkSeal(kind, bytes, what);
  return new Uint8Array(bytes.buffer, bytes.byteOffset + SEAL_BYTES, bytes.length - SEAL_BYTES);
}

/** As `unseal`, for a reader that knows where the body begins: a view of all of `bytes`. */
export function checkSeal(kind: string, bytes: Uint8Array, what: string): DataView {
  const { buffer, byteOffset, length } = bytes;
  if (length < SEAL_BYTES) throw corrupt(`${what} is cut short`);
  const view = new DataView(buffer, byteOffset, length);
  if (crc32(new Uint8Array(buffer, byteOffset + VERSION_AT, length - VERSION_AT)) !== view.getUint32(0))
    throw corrupt(`${what} has a wrong checksum`);
  const version = view.getUint8(VERSION_AT);
  if (version !== VERSION) {
    throw new StorageError(
      'format',
      `${what} has version ${version}, this program knows only ${VERSION}: use the newer program`,
    );
  }
  if (view.getUint8(KIND_AT) !== kind.charCodeAt(0)) throw corrupt(`${what} is a record of another kind`);
  return view;
}
