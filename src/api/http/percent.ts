/** Percent decoding to byte strings, as Go's net/url does it. */

/** A `%` that two hexadecimal digits do not follow. */
export class BadEscape {
  /** @param sequence what stands there instead, at most three bytes */
  constructor(readonly sequence: string) {}
}

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

/** Decodes a name or value of a query or form, where a `+` is a space. */
export function decodeFormText(text: string): string | BadEscape {
  return decodePercent(text.includes('+') ? text.replaceAll('+', ' ') : text);
}
