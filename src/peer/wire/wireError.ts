/** What links say of bytes of another member that they do not take. */
import { ByteReader } from '../../bytes/byteReader';

/** Why bytes from another member were not accepted. */
export type WireErrorKind = 'tooLong' | 'checksum' | 'version' | 'malformed';

/** Bytes that are not what the protocol says; the connection they came on is of no further use. */
export class WireError extends Error {
  override readonly name = 'WireError';

  constructor(
    readonly kind: WireErrorKind,
    message: string,
  ) {
    super(message);
  }
}

/** For the body of a frame; throws WireError. */
export function readerOf(body: Buffer): ByteReader {
  return new ByteReader(body, (what) => new WireError('malformed', `a frame ${what}`));
}
