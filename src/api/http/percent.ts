/** Percent decoding to byte strings, as Go's net/url does it. */

/** A `%` that two hexadecimal digits do not follow. */
export class BadEscape {
  /** @param sequence what stands there instead, at most three bytes */
  constructor(readonly sequence: string) {}
}

const PERCENT = 0x25;

/** Longer texts are decoded byte by byte. */
const LONG_TEXT_LENGTH = 4096;

/** The value of a hexadecimal digit given by its character code; -1 if it is none. */
function hexDigit(code: number): number {
  if (code >= 48 && code <= 57) return code - 48;
  if (code >= 97 && code <= 102) return code - 87;
  if (code >= 65 && code <= 70) return code - 55;
  return -1;
}

/** Decodes `%XX`, and nothing else: in a path a `+` is a plus sign. */
export function decodePercent(text: string): string | BadEscape {
  let percent = text.indexOf('%');
  if (percent < 0) return text;
  if (text.length > LONG_TEXT_LENGTH) return decodeLong(text);
  let decoded = '';
  let copied = 0;
  while (percent >= 0) {
    const high = hexDigit(text.charCodeAt(percent + 1));
    const low = hexDigit(text.charCodeAt(percent + 2));
    if (high < 0 || low < 0) return new BadEscape(text.slice(percent, percent + 3));
    decoded += text.slice(copied, percent) + String.fromCharCode(high * 16 + low);
    copied = percent + 3;
    percent = text.indexOf('%', copied);
  }
  return decoded + text.slice(copied);
}

/** The same byte by byte: the sum of a million short texts takes seconds. */
function decodeLong(text: string): string | BadEscape {
  const bytes = Buffer.from(text, 'latin1');
  let length = 0;
  for (let position = 0; position < bytes.length; position += 1) {
    const byte = bytes[position] ?? 0;
    if (byte !== PERCENT) {
      bytes[length++] = byte;
      continue;
    }
    const high = hexDigit(bytes[position + 1] ?? 0);
    const low = hexDigit(bytes[position + 2] ?? 0);
    if (high < 0 || low < 0) return new BadEscape(text.slice(position, position + 3));
    bytes[length++] = high * 16 + low;
    position += 2;
  }
  return bytes.latin1Slice(0, length);
}

/** Decodes a name or value of a query or form, where a `+` is a space. */
export function decodeFormText(text: string): string | BadEscape {
  return decodePercent(text.includes('+') ? text.replaceAll('+', ' ') : text);
}
