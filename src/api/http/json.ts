/** JSON text as Go's encoding/json writes it, from byte strings to byte strings. */

/** Strings that are their own JSON: printable ASCII without the characters that Go escapes. */
const PLAIN = /^[ !#-%'-;=?-[\]-\x7f]*$/;

const SHORT_ESCAPES: Readonly<Record<number, string>> = { 9: '\\t', 10: '\\n', 13: '\\r', 34: '\\"', 92: '\\\\' };

/**
 * A byte string as a JSON string, with its quotes. Valid UTF-8 stays as it is, except `<`, `>`, `&`, U+2028 and U+2029;
 * every byte that is not part of valid UTF-8 becomes `\ufffd` (spec v2-api section 3).
 */
export function jsonString(bytes: string): string {
  if (PLAIN.test(bytes)) return `"${bytes}"`;
  let json = '"';
  let copied = 0;
  for (let position = 0; position < bytes.length;) {
    const code = bytes.charCodeAt(position);
    const length = code < 0x80 ? 1 : utf8Length(bytes, position);
    const escape = code < 0x80 ? asciiEscape(code) : wideEscape(bytes, position, length);
    const next = position + Math.max(length, 1);
    if (escape !== undefined) {
      json += bytes.slice(copied, position) + escape;
      copied = next;
    }
    position = next;
  }
  return `${json}${bytes.slice(copied)}"`;
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
