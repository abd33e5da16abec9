/**
 * Names of keys as names of files. Each name has one of its own, none leads out of its directory, and none is one that the directory uses
 * itself: those begin with two dots.
 *
 * A percent sign, a slash, control characters and halves of surrogate pairs become `%` and two digits for each byte, as in URLs. So does the
 * first dot of `.` and of what begins with two. A name without letters is `%`.
 */

/** As Linux and macOS have it. */
const FILE_NAME_BYTES_MAX = 255;

const SPECIAL = /[%/\p{Cc}\p{Cs}]/gu;
const HALF = /\p{Cs}/u;
const LEADING_DOT = /^\.(?=\.|$)/;

/** Undefined: it would be too long for a file. */
export function fileNameOf(name: string): string | undefined {
  if (name === '') return '%';
  const fileName = name.replace(SPECIAL, escaped).replace(LEADING_DOT, '%2E');
  return Buffer.byteLength(fileName) <= FILE_NAME_BYTES_MAX ? fileName : undefined;
}

function escaped(letter: string): string {
  const bytes = HALF.test(letter) ? bytesOfHalf(letter.charCodeAt(0)) : [...Buffer.from(letter)];
  return bytes.map((byte) => `%${byte.toString(16).toUpperCase().padStart(2, '0')}`).join('');
}

/** As UTF-8 would have it if it knew halves of pairs; no text in UTF-8 has these bytes. */
function bytesOfHalf(code: number): readonly number[] {
  return [0xe0 | (code >> 12), 0x80 | ((code >> 6) & 0x3f), 0x80 | (code & 0x3f)];
}
