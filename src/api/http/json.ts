/** JSON text as Go's encoding/json writes it, from byte strings to byte strings. */

/** Strings that are their own JSON: printable ASCII without the characters that Go escapes. */
const PLAIN = /^[ !#-%'-;=?-[\]-\x7f]*$/;

const SHORT_ESCAPES: Readonly<Record<number, string>> = { 9: '\\t', 10: '\\n', 13: '\\r', 34: '\\"', 92: '\\\\' };

/** What one byte of text becomes at most: `\ufffd`. */
const ESCAPE_LENGTH_MAX = 6;

/** About how many bytes of a value one piece of its JSON is made of: well below a millisecond of work. */
const PIECE_BYTES = 16 * 1024;

/** Where a piece is put together. */
const scratch = Buffer.allocUnsafe(PIECE_BYTES * ESCAPE_LENGTH_MAX);

/**
 * A byte string as a JSON string, with its quotes. Valid UTF-8 stays as it is, except `<`, `>`, `&`, U+2028 and U+2029;
 * every byte that is not part of valid UTF-8 becomes `\ufffd` (spec v2-api section 3).
 */
export function jsonString(bytes: string): string {
  if (PLAIN.test(bytes)) return `"${bytes}"`;
  if (bytes.length <= PIECE_BYTES) return `"${escaped(bytes, 0, bytes.length)}"`;
  return `"${[...jsonPieces(bytes)].join('')}"`;
}

/** What stands between the quotes of `jsonString`, of a text of any length a piece at a time. */
export function* jsonPieces(bytes: string): Generator<string, void, undefined> {
  for (let from = 0; from < bytes.length;) {
    const to = pieceEnd(bytes, from);
    const piece = bytes.slice(from, to);
    yield PLAIN.test(piece) ? piece : escaped(bytes, from, to);
    from = to;
  }
}

/** A place to cut that is not within a UTF-8 sequence. */
function pieceEnd(bytes: string, from: number): number {
  const end = from + PIECE_BYTES;
  if (end >= bytes.length) return bytes.length;
  for (let lead = end; lead > end - 4; lead -= 1) {
    if ((bytes.charCodeAt(lead) & 0xc0) !== 0x80) return lead;
  }
  // No sequence is that long.
  return end;
}

/** At most PIECE_BYTES of text. Bytes are filled in one by one: a sum of millions of short strings takes seconds and gigabytes. */
function escaped(bytes: string, from: number, to: number): string {
  let length = 0;
  for (let position = from; position < to;) {
    const code = bytes.charCodeAt(position);
    const sequence = code < 0x80 ? 1 : utf8Length(bytes, position);
    const escape = code < 0x80 ? ASCII_ESCAPES[code] : wideEscape(bytes, position, sequence);
    const next = position + Math.max(sequence, 1);
    if (escape === undefined) {
      for (; position < next; position += 1) scratch[length++] = bytes.charCodeAt(position);
    } else {
      for (let at = 0; at < escape.length; at += 1) scratch[length++] = escape.charCodeAt(at);
    }
    position = next;
  }
  return scratch.latin1Slice(0, length);
}

/** Text that is not a byte string (names, URLs, messages of this program) as a JSON byte string. */
export function jsonText(text: string): string {
  return jsonString(PLAIN.test(text) ? text : Buffer.from(text, 'utf8').latin1Slice());
}

function asciiEscape(code: number): string | undefined {
  const short = SHORT_ESCAPES[code];
  if (short !== undefined) return short;
  // < > & could end a script element of an HTML page that embeds the JSON.
  if (code < 0x20 || code === 0x26 || code === 0x3c || code === 0x3e) {
    return `\\u00${code.toString(16).padStart(2, '0')}`;
  }
  return undefined;
}

const ASCII_ESCAPES: readonly (string | undefined)[] = Array.from({ length: 0x80 }, (_, code) => asciiEscape(code));

function wideEscape(bytes: string, position: number, length: number): string | undefined {
  if (length === 0) return '\\ufffd';
  if (length !== 3 || bytes.charCodeAt(position) !== 0xe2 || bytes.charCodeAt(position + 1) !== 0x80) return undefined;
  const last = bytes.charCodeAt(position + 2);
  if (last === 0xa8) return '\\u2028';
  return last === 0xa9 ? '\\u2029' : undefined;
}

/** How many bytes the UTF-8 sequence at `position` has (2 to 4); 0 if there is no valid one (RFC 3629 section 4). */
function utf8Length(bytes: string, position: number): number {
  const first = bytes.charCodeAt(position);
  const length = first < 0xc2 ? 0 : first < 0xe0 ? 2 : first < 0xf0 ? 3 : first < 0xf5 ? 4 : 0;
  if (length === 0 || position + length > bytes.length) return 0;
  const second = bytes.charCodeAt(position + 1);
  // No overlong forms, no surrogates, nothing above U+10FFFF.
  const lowest = first === 0xe0 ? 0xa0 : first === 0xf0 ? 0x90 : 0x80;
  const highest = first === 0xed ? 0x9f : first === 0xf4 ? 0x8f : 0xbf;
  if (second < lowest || second > highest) return 0;
  for (let offset = 2; offset < length; offset += 1) {
    if ((bytes.charCodeAt(position + offset) & 0xc0) !== 0x80) return 0;
  }
  return length;
}
