import { createHash } from 'node:crypto';
import { encodeJson, type SnapshotHeader } from './fileHeader';
import { preamble, recordHead, RecordKind } from './records';

/** A millisecond's work to hash, about. */
const PIECE_BYTES = 512 * 1024;

/** Makes the bytes of a snapshot's file, from its beginning to its end. Each method answers what comes next. */
export class SnapshotFileWriter {
  private readonly hash = createHash('sha256');
  private chunks = 0;
  private chunkBytes = 0;

  /** Everything before the state. Throws RangeError if there is more to say of members than a header holds. */
  begin(header: SnapshotHeader): readonly Uint8Array[] {
    return this.hashed([preamble(), ...record(RecordKind.header, encodeJson(header))]);
  }

  /** A part of the state, in pieces that are hashed as they are asked for. Throws RangeError if it is longer than any that a member makes. */
  *chunk(body: Uint8Array): Generator<Uint8Array, void, undefined> {
    this.chunks += 1;
    this.chunkBytes += body.length;
    yield* this.hashed([recordHead(RecordKind.chunk, body)]);
    for (let from = 0; from < body.length; from += PIECE_BYTES)
      yield* this.hashed([body.subarray(from, from + PIECE_BYTES)]);
  }

  /** The last record. */
  end(counted: { readonly rows: number; readonly keys: number }): readonly Uint8Array[] {
    const { chunks, chunkBytes } = this;
    const { rows, keys } = counted;
    const sha256 = this.hash.digest('hex');
    return record(RecordKind.totals, encodeJson({ chunks, chunkBytes, rows, keys, sha256 }));
  }

  private hashed(pieces: readonly Uint8Array[]): readonly Uint8Array[] {
    for (const piece of pieces) this.hash.update(piece);
    return pieces;
  }
}

function record(kind: RecordKind, body: Uint8Array): readonly Uint8Array[] {
  return [recordHead(kind, body), body];
}
