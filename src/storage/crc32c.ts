/** CRC-32C (Castagnoli, reflected polynomial 0x82f63b78), the checksum RocksDB uses in its files. */

const POLYNOMIAL = 0x82f63b78;
/** Bytes taken in one step; table k is for a byte that k more bytes follow (Kounavis and Berry, "slicing-by-8"). */
const STRIDE = 8;
const WORD_BYTES = 4;
const WORDS_IN_STRIDE = STRIDE / WORD_BYTES;
const TABLE_SIZE = 256;
const TABLES = makeTables();

/** All tables in one array, one after the other. */
function makeTables(): Int32Array {
  const tables = new Int32Array(STRIDE * TABLE_SIZE);
  for (let byte = 0; byte < TABLE_SIZE; byte += 1) {
    let value = byte;
    for (let bit = 0; bit < 8; bit += 1) value = (value & 1) === 1 ? (value >>> 1) ^ POLYNOMIAL : value >>> 1;
    tables[byte] = value;
  }
  for (let at = TABLE_SIZE; at < tables.length; at += 1) {
    const before = tables[at - TABLE_SIZE] ?? 0;
    tables[at] = (before >>> 8) ^ (tables[before & 0xff] ?? 0);
  }
  return tables;
}

/** The checksum of `bytes[from, to)`, unsigned. */
export function crc32c(bytes: Uint8Array, from = 0, to = bytes.length): number {
  const firstWord = from + (-(bytes.byteOffset + from) & (WORD_BYTES - 1));
  if (to - firstWord < STRIDE) return ~byBytes(-1, bytes, from, to) >>> 0;
  const words = Math.floor((to - firstWord) / STRIDE) * WORDS_IN_STRIDE;
  let crc = byBytes(-1, bytes, from, firstWord);
  crc = byWords(crc, new Int32Array(bytes.buffer, bytes.byteOffset + firstWord, words));
  return ~byBytes(crc, bytes, firstWord + words * WORD_BYTES, to) >>> 0;
}

function byBytes(before: number, bytes: Uint8Array, from: number, to: number): number {
  let crc = before;
  for (let at = from; at < to; at += 1) crc = (crc >>> 8) ^ tableAt(0, crc ^ (bytes[at] ?? 0));
  return crc;
}

/** @param words little-endian, as on all processors that Node.js and the database are built for */
function byWords(before: number, words: Int32Array): number {
  let crc = before;
  for (let at = 0; at < words.length; at += WORDS_IN_STRIDE) crc = step(crc ^ (words[at] ?? 0), words[at + 1] ?? 0);
  return crc;
}

/** Eight bytes as two little-endian words. */
function step(low: number, high: number): number {
  return (
    tableAt(7, low) ^
    tableAt(6, low >>> 8) ^
    tableAt(5, low >>> 16) ^
    tableAt(4, low >>> 24) ^
    tableAt(3, high) ^
    tableAt(2, high >>> 8) ^
    tableAt(1, high >>> 16) ^
    tableAt(0, high >>> 24)
  );
}

function tableAt(table: number, byte: number): number {
  return TABLES[table * TABLE_SIZE + (byte & 0xff)] ?? 0;
}

/** RocksDB stores checksums rotated and shifted, so that a checksum of bytes that hold checksums is not degenerate. */
export function maskCrc32c(crc: number): number {
  return (((crc >>> 15) | (crc << 17)) + 0xa282ead8) >>> 0;
}
