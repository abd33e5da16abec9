/** Puts a long value together for the engine, a piece of it at a time. */
import { Kept } from './kept';
import type { LongValue } from './kv';

/** About a millisecond's work; the binding itself would take ten times as long for text that is not ASCII. */
const STEP_LENGTH = 512 * 1024;

/** A byte above 0x7f takes two as UTF-8. */
const BYTES_A_CHARACTER = 2;

const kept = new Kept<Buffer>();

export class Assembly {
  private readonly room: Buffer;
  private piece = 0;
  private offset = 0;
  private end = 0;

  constructor(private readonly value: LongValue) {
    const size = value.pieces.reduce((sum, piece) => sum + sizeMax(piece), 0);
    const known = kept.take();
    this.room = known !== undefined && known.length >= size ? known : Buffer.allocUnsafeSlow(size);
  }

  /** Does a step; the bytes once all are there, undefined before. */
  next(): Buffer | undefined {
    for (let left = STEP_LENGTH; left > 0;) {
      const piece = this.value.pieces[this.piece];
      if (piece === undefined) return this.room.subarray(0, this.end);
      const to = Math.min(piece.length, this.offset + left);
      left -= to - this.offset;
      if (typeof piece === 'string') {
        this.end += this.room.write(piece.slice(this.offset, to), this.end, 'utf8');
      } else {
        this.room.set(piece.subarray(this.offset, to), this.end);
        this.end += to - this.offset;
      }
      this.offset = to;
      if (to < piece.length) continue;
      this.piece += 1;
      this.offset = 0;
    }
    return undefined;
  }

  /** The bytes are not needed any more. */
  release(): void {
    kept.give(this.room);
  }
}

function sizeMax(piece: Uint8Array | string): number {
  return typeof piece === 'string' ? piece.length * BYTES_A_CHARACTER : piece.length;
}
