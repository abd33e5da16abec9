/** What a client has sent ahead of its turn, in the pieces in which it was read. */

/** A piece of one byte takes some 550 in memory: of so many, one is made. */
const PIECES_MAX = 128;

const CR = 0x0d;
const LF = 0x0a;

/** The pieces with one more behind them. */
export function withPiece(held: Buffer[], piece: Buffer): Buffer[] {
  held.push(piece);
  return held.length < PIECES_MAX ? held : [Buffer.concat(held)];
}

/** Whether it is line ends and nothing else, which some clients send behind a body, and which mean nothing before a request (RFC 9112 section 2.2). */
export function isLineEnds(bytes: Buffer): boolean {
  return bytes.every((byte) => byte === CR || byte === LF);
}
