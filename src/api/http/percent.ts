/** Percent decoding to byte strings, as Go's net/url does it. */

/** A `%` that two hexadecimal digits do not follow. */
export class BadEscape {
  /** @param sequence what stands there instead, at most three bytes */
  constructor(readonly sequence: string) {}
}

const PERCENT = 0x25;
const PLUS = 0x2b;
const SPACE = 0x20;

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
  if (text.length > LONG_TEXT_LENGTH) return decodeLong(text, PLUS);
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
  if (!text.includes('+')) return decodePercent(text);
  return text.length > LONG_TEXT_LENGTH ? decodeLong(text, SPACE) : decodePercent(text.replaceAll('+', ' '));
}

/** The same byte by byte: the sum of a million short texts takes seconds. */
function decodeLong(text: string, plus: number): string | BadEscape {
  const bytes = Buffer.from(text, 'latin1');
  const decoding = new InPlaceDecoding(bytes, 0, bytes.length, plus);
  decoding.goOn(bytes.length);
  return decoding.bad ?? bytes.latin1Slice(0, decoding.end);
}

/** Decodes a stretch of bytes where it lies, as much of it at a time as one wants: what it becomes is never longer. */
export class InPlaceDecoding {
  /** Where the decoded bytes end, which begin where the stretch did. */
  end: number;
  /** What stopped it. */
  bad: BadEscape | undefined;
  private position: number;

  /** @param plus what a `+` becomes */
  constructor(
    private readonly bytes: Buffer,
    from: number,
    private readonly to: number,
    private readonly plus: number,
  ) {
    this.position = from;
    this.end = from;
  }

  /** As for the name or value of a form. */
  static ofForm(bytes: Buffer, from: number, to: number): InPlaceDecoding {
    return new InPlaceDecoding(bytes, from, to, SPACE);
  }

  /** Decodes about `length` bytes more; false when all is done. */
  goOn(length: number): boolean {
    const { bytes, to, plus } = this;
    const stop = Math.min(to, this.position + length);
    let { position, end } = this;
    for (; position < stop; position += 1) {
      const byte = bytes[position] ?? 0;
      if (byte !== PERCENT) {
        bytes[end++] = byte === PLUS ? plus : byte;
        continue;
      }
      const high = position + 1 < to ? hexDigit(bytes[position + 1] ?? 0) : -1;
      const low = position + 2 < to ? hexDigit(bytes[position + 2] ?? 0) : -1;
      if (high < 0 || low < 0) {
        this.bad = new BadEscape(bytes.latin1Slice(position, Math.min(position + 3, to)));
        return false;
      }
      bytes[end++] = high * 16 + low;
      position += 2;
    }
    this.position = position;
    this.end = end;
    return position < to;
  }
}
