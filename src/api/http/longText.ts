/** About how much text is put together before it becomes bytes. */
const PIECE_CHARACTERS = 8192;

/**
 * Collects a long byte string. V8 keeps the sum of texts as a tree and copies it out on the first use: for megabytes of small
 * additions that takes longer than making them, for some kilobytes at a time it does not.
 */
export class LongText {
  private text = '';
  private readonly pieces: Buffer[] = [];

  add(text: string): void {
    this.text += text;
    if (this.text.length < PIECE_CHARACTERS) return;
    this.pieces.push(Buffer.from(this.text, 'latin1'));
    this.text = '';
  }

  /** All of it: a byte string if it is short, else bytes. */
  take(): string | Buffer {
    if (this.pieces.length === 0) return this.text;
    return Buffer.concat([...this.pieces, Buffer.from(this.text, 'latin1')]);
  }
}
